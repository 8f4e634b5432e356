/** It lives in `io`, because prepare throws it too and steps do not import each other. */
export { DataError } from '../io/files.ts'
