/** The command line of the simulation. */
import { simulateCommand } from "./command.ts";

await simulateCommand().parseAsync();
