/** A `.md` import is the file's text in the Worker. */
declare module '*.md' {
  const text: string
  export default text
}
