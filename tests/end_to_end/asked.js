// Counts what the page has asked of the server and what has not been answered yet.
//
// Gradio posts an event to the queue and reads the answer from a stream, which it keeps open for the answers
// to come. So the end of a request says nothing; the message that names the event does.
(() => {
  const post = window.fetch;
  const completed = new Set(); // events whose answer came before the number they have
  const queued = new Set(); // events whose answer is to come
  let posted = 0; // requests without a number yet

  window.unanswered = () => posted + queued.size;

  const complete = (event) => queued.delete(event) || completed.add(event);

  async function read(stream) {
    let text = "";
    for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
      const lines = (text + chunk).split("\n\n");
      text = lines.pop();
      for (const line of lines) {
        const message = JSON.parse(line.slice("data: ".length));
        if (["process_completed", "unexpected_error"].includes(message.msg)) {
          // After gradio, which reads the same stream, has had it.
          setTimeout(() => complete(message.event_id), 20);
        }
      }
    }
  }

  window.fetch = async (resource, options) => {
    const address = String(resource.url ?? resource);
    if (address.includes("/queue/data")) {
      const answer = await post(resource, options);
      const [own, other] = answer.body.tee();
      read(other).catch(() => {}); // gradio closes it when it has all
      return new Response(own, answer);
    }
    if (!address.includes("/gradio_api/") || options?.method !== "POST") return post(resource, options);
    posted += 1;
    try {
      const answer = await post(resource, options);
      if (address.includes("/queue/join") && answer.ok) {
        const { event_id: event } = await answer.clone().json();
        if (!completed.delete(event)) queued.add(event);
      }
      return answer;
    } finally {
      posted -= 1;
    }
  };
})();
