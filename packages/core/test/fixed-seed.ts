/** Random tests draw the same values every time. `FC_SEED` and `FC_PATH` replay others, and `npm run fuzz` brings them. */
import fc from "fast-check";

const { FC_SEED = "20261127", FC_PATH } = process.env;

fc.configureGlobal({ seed: Number(FC_SEED), ...(FC_PATH !== undefined && { path: FC_PATH }) });
