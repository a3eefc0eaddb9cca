/** The endpoints of CONTRACT section 1; all of them take POST. */
export const BATCH_PATH = "/v1/events/batch";
export const TRACK_PATH = "/v1/events/track";
export const IDENTIFY_PATH = "/v1/identify";

export const ENDPOINT_PATHS: string[] = [BATCH_PATH, TRACK_PATH, IDENTIFY_PATH];
