import { expect, test, vi } from "vitest";
import { WhisperrPlugin, type WhisperrPluginOptions } from "./vue.ts";

test.each(["wrk_as_text", null, undefined, { client: undefined }])(
  "an app that gives %o goes up, and its console says what to write",
  (given) => {
    const said = vi.spyOn(console, "error").mockImplementation(() => {});
    const provide = vi.fn();
    WhisperrPlugin.install({ provide }, given as unknown as WhisperrPluginOptions);
    expect(provide).toHaveBeenCalledWith(
      expect.anything(),
      expect.objectContaining({ track: expect.any(Function) }),
    );
    said.mockRestore();
  },
);
