/** All mutants. */
import type { Mutant } from "../mutant.ts";
import { answerMutants } from "./answers.ts";
import { consentMutants } from "./consent.ts";
import { defaultMutants } from "./defaults.ts";
import { visitorMutants } from "./visitors.ts";

export const mutants: readonly Mutant[] = [
  ...answerMutants,
  ...defaultMutants,
  ...visitorMutants,
  ...consentMutants,
];
