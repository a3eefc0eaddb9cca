/** Runs tests for Stryker: what the first failure has decided, no further file is loaded for. */
import { TestRunner } from "vitest";

export default class UntilFailure extends TestRunner {
  #isDecided = false;

  override cancel(...reason: Parameters<TestRunner["cancel"]>): void {
    this.#isDecided = true;
    super.cancel(...reason);
  }

  override importFile(...file: Parameters<TestRunner["importFile"]>): unknown {
    return this.#isDecided ? undefined : super.importFile(...file);
  }
}
