// What is used of @hapi/sntp, which brings no types.

declare module '@hapi/sntp' {
  interface Answer {
    /** Offset of the local clock, milliseconds. */
    t: number;
    /** Round trip, milliseconds. */
    d: number;
  }
  const sntp: { time(options: { host: string; port: number; timeout: number }): Promise<Answer> };
  export default sntp;
}
