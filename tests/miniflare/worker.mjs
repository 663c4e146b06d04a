// The Worker that is attacked: a login, a path that throws, and one that logs what it is told.
export default {
    async fetch(request) {
        const url = new URL(request.url);
        if (url.pathname === "/login" && request.method === "POST") {
            const form = await request.text();
            const right = form === "user=ana&password=correct";
            console.log(right ? "login ok" : `login refused for ${form.slice(0, 60)}`);
            return new Response(right ? "welcome" : "no", { status: right ? 200 : 403 });
        }
        if (url.pathname === "/throw") {
            throw new TypeError(`cannot read ${url.searchParams.get("what")}`);
        }
        console.log(`said: ${url.searchParams.get("say") ?? ""}`, request.headers.get("user-agent"));
        return new Response("ok");
    },
};
