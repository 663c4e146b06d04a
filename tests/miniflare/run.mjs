// run.mjs TRACES: run worker.mjs on a free loopback port, and add the items that its tail Worker is
// handed to the file TRACES, one a line. Says where it listens on stdout; ends when stdin does.
import { appendFileSync, readFileSync } from "node:fs";
import { Miniflare } from "miniflare";

const traces = process.argv[2];
const tail = `export default {
    async tail(items, env) {
        await env.SINK.fetch("http://sink/", { method: "POST", body: JSON.stringify(items) });
    },
};`;

const mf = new Miniflare({
    host: "127.0.0.1",
    cf: false, // asks nobody for what a request looks like at the edge
    port: 0,
    workers: [
        {
            name: "checkout-edge",
            modules: true,
            script: readFileSync(new URL("worker.mjs", import.meta.url), "utf8"),
            compatibilityDate: "2025-01-01",
            tails: ["tailer"],
        },
        {
            name: "tailer",
            modules: true,
            script: tail,
            compatibilityDate: "2025-01-01",
            serviceBindings: {
                async SINK(request) {
                    for (const item of await request.json()) {
                        appendFileSync(traces, `${JSON.stringify(item)}\n`);
                    }
                    return new Response("kept");
                },
            },
        },
    ],
});
console.log(JSON.stringify({ url: (await mf.ready).href }));
process.stdin.resume();
process.stdin.on("end", async () => {
    await mf.dispose();
    process.exit(0);
});
