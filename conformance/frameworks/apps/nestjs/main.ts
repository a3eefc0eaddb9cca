import "reflect-metadata";
import { NestFactory } from "@nestjs/core";
import { ExpressAdapter } from "@nestjs/platform-express";
import { FastifyAdapter } from "@nestjs/platform-fastify";
import { ShopModule } from "./shop.module.ts";

const adapter = process.env.PLATFORM === "fastify" ? new FastifyAdapter() : new ExpressAdapter();
const app = await NestFactory.create(ShopModule, adapter, { logger: ["error"] });
app.enableShutdownHooks();
await app.listen(0, "127.0.0.1");
console.log(`port ${new URL(await app.getUrl()).port}`);
