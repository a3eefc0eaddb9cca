/** Runs tests for Stryker. Once a test has failed, the mutant is noticed, and no further file is loaded. */
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
