/** Where the file is with which a failure can be replayed. */

/** Where failures go, one file each. */
export const FAILURES_FOLDER = "failures";

/** Of the file with which a failure can be replayed, within the folder of the reports. */
export function failurePath(subject: string, theCase: string): string {
  return `${FAILURES_FOLDER}/${subject}--${theCase}.json`;
}

/** Is this the name of such a file? */
export const isFailure = (name: string): boolean => /^.+--.+\.json$/.test(name);
