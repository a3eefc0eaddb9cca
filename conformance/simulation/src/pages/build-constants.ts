/** What the browser package's build puts in, for its sources as they are. To be imported before them. */
Object.assign(globalThis, { VERSION: "0.0.0-simulated" });
