/** Storybook's stories, run as they are by Vitest: portable stories, without its server. */
import { composeStories } from "@storybook/react";
import { cleanup } from "@testing-library/react";
import { afterEach, test } from "vitest";
import * as stories from "./checkout.stories.js";

afterEach(cleanup);

test.each(Object.entries(composeStories(stories)))("the story %s plays", async (_name, story) => {
  await story.run();
});
