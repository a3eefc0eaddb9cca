/**
 * FAKE authentication, so that the example needs no session store: whoever names a user in the `x-user` header is
 * that user. Yours is Passport, express-session, a JWT check … anything that leaves the user on the request.
 * `whisperrExpress` finds `req.user.id` by itself; for another place give it `resolveUser`.
 */
import type { NextFunction, Request, RequestHandler, Response } from "express";

export interface ShopUser {
  id: string;
}

declare global {
  namespace Express {
    interface Request {
      user?: ShopUser;
    }
  }
}

export function fakeAuth(): RequestHandler {
  return (req, _res, next) => {
    const id = req.get("x-user");
    if (id) req.user = { id };
    next();
  };
}

export function requireUser(req: Request, res: Response, next: NextFunction): void {
  if (req.user) next();
  else
    res.status(401).json({ error: "sign in first: this example takes the user id from the x-user header" });
}
