/** Whether every function and event of the documents must have been shown by a test; one that was not is told anyway. */
export const isComplete = false;
