() => {
  // What is typed into a dropdown takes the place of what is chosen; gradio would add it behind.
  document.addEventListener("focusin", ({ target }) => {
    if (target.matches("#user input, #facts input")) setTimeout(() => target.select());
  });

  const listed = (values) =>
    values.map((value) => encodeURIComponent(value).replaceAll("~", "%7E")).join("~");
  const linkTo = ({ names, lists, defaults }, values) => {
    const address = new URL(location.href);
    const query = address.searchParams;
    const way = values[names.indexOf("way")];
    names.forEach((name, place) => {
      query.delete(name);
      if (name === "language" || (name === "user" && way !== "user")) return;
      const value = lists.includes(name) ? listed(values[place] ?? []) : values[place];
      if (value === null || value === undefined || value === "" || value === defaults[name]) return;
      query.set(name, value);
    });
    return address;
  };
  const inLanguage = (words) => words[document.documentElement.lang.slice(0, 2)] ?? words.en;
  window.copyLink = async (state, values, copied) => {
    const { href } = linkTo(state, values);
    history.replaceState(null, "", href);
    // A frame may be forbidden to copy, and a browser may ask first; the link is there to be marked.
    const written = navigator.clipboard?.writeText(href).then(() => inLanguage(copied), () => null);
    const info = await Promise.race([written, new Promise((over) => setTimeout(over, 500, null))]);
    return { __type__: "update", value: href, info, visible: true };
  };
  window.speak = (state, values) => {
    // Until the model is loaded, the controls do not have what the address says.
    const loaded = document.querySelector("#recommend:not([disabled])");
    const address = loaded ? linkTo(state, values) : new URL(location.href);
    address.searchParams.set("lang", window.chosenLanguage);
    // A frame may be forbidden to remember anything; the address is enough for this visit.
    try { localStorage.setItem("language", window.chosenLanguage); } catch { /* as it says */ }
    location.assign(address);
  };

  // The dialog for one film: opened as soon as a button is pressed, and filled when the answer has come.
  const detail = (window.filmDetail ??= {});
  const wordOf = (name) => inLanguage(detail.words)[name];
  const detailPanel = () => {
    const there = document.querySelector("#detail");
    if (there) return there;
    const panel = document.createElement("dialog");
    panel.id = "detail";
    panel.innerHTML = '<header id="detail-head"><h2></h2><button type="button" id="close"></button></header>' +
      '<div id="detail-content"></div>';
    // The browser itself closes it on Escape, keeps the keyboard in it, and gives that back at the end.
    panel.querySelector("#close").addEventListener("click", () => panel.close());
    panel.addEventListener("click", ({ target }) => target === panel && panel.close());
    panel.addEventListener("close", () => {
      if (document.activeElement !== document.body) return;
      // The button that opened it is gone with a list that has changed since.
      const buttons = [...document.querySelectorAll("#cards button[data-film]")];
      const [does, film] = detail.opened;
      const again = buttons.find((each) => each.dataset.does === does && each.dataset.film === film);
      (again ?? buttons[0] ?? document.querySelector("#recommend"))?.focus();
    });
    document.querySelector(".gradio-container .contain").append(panel);
    return panel;
  };
  const openDetail = (button) => {
    const panel = detailPanel();
    const title = panel.querySelector("h2");
    const busy = document.createElement("p");
    const progress = document.createElement("progress");
    title.textContent = button.getAttribute("aria-label");
    busy.textContent = wordOf("loading");
    busy.setAttribute("role", "status");
    progress.setAttribute("aria-label", busy.textContent);
    detail.asked = `${button.dataset.does} ${button.dataset.film}`;
    panel.setAttribute("aria-label", title.textContent);
    panel.setAttribute("aria-busy", "true");
    panel.querySelector("#close").textContent = wordOf("close");
    const inside = panel.contains(button);
    panel.querySelector("#detail-content").replaceChildren(busy, progress);
    panel.scrollTop = 0;
    if (inside) panel.querySelector("#close").focus();
    if (panel.open) return;
    detail.opened = [button.dataset.does, button.dataset.film];
    panel.showModal();
  };
  detail.fill = (html) => {
    const panel = detailPanel();
    const made = document.createElement("template");
    made.innerHTML = html;
    const answer = made.content.firstElementChild;
    // An answer to what was asked before comes too late.
    if (`${answer?.dataset.does} ${answer?.dataset.film}` !== detail.asked) return;
    panel.querySelector("h2").replaceWith(answer.querySelector("h2"));
    panel.querySelector("#detail-content").replaceChildren(answer);
    panel.removeAttribute("aria-busy");
  };
  // What went wrong is told by a message, which a dialog would cover.
  detail.fail = () => detailPanel().close();
  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.("button[data-does]");
    if (!button?.closest("#cards, #detail")) return;
    const { does, film } = button.dataset;
    const inside = button.closest("#detail");
    if (does === "why" || does === "similar") openDetail(button);
    if (inside) detail.ask(does, Number(film));
    if (does !== "pick") return;
    button.disabled = true;
    button.textContent = wordOf("card.picked");
  });

  // On a narrow screen the list is below what it is made by: a button that stays in sight leads to it, and
  // says what comes first in it.
  const tabs = document.querySelector("#tabs");
  const toList = document.querySelector("#to-list");
  const cardsThere = document.querySelector("#cards");
  const behind = () => {
    const titles = [...cardsThere.querySelectorAll(".card h3")].slice(0, 3);
    toList.dataset.first = titles.map(({ firstChild }) => firstChild.textContent.trim()).join(" · ");
    const { top } = tabs.getBoundingClientRect();
    toList.dataset.list = titles.length && top > innerHeight - 90 ? "below" : "here";
  };
  if (tabs && toList && cardsThere) {
    new MutationObserver(behind).observe(cardsThere, { childList: true, subtree: true });
    addEventListener("scroll", behind, { passive: true });
    addEventListener("resize", behind);
    toList.addEventListener("click", () => {
      tabs.scrollIntoView();
      tabs.querySelector("[role=tab][aria-selected=true]")?.focus({ preventScroll: true });
    });
    behind();
  }

  // The foot of the page has the tab's address, which a press need not leave the page for.
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("#footer a[href$='tab=about']")) return;
    event.preventDefault();
    const about = document.querySelector("#about-tab-button");
    about?.click();
    about?.focus({ preventScroll: true });
    tabs?.scrollIntoView();
  });

  // What gradio's own script says of failures, it says in English, in a button around a button.
  const says = GRADIO_SAYS[document.documentElement.lang.split("-")[0]] ?? {};
  new MutationObserver(() => {
    // Radio buttons stand in a group that gradio gives no name.
    for (const group of document.querySelectorAll("fieldset:not([aria-labelledby])")) {
      const name = group.querySelector("[data-testid=block-info]");
      name?.setAttribute("id", `${group.id}-name`);
      group.setAttribute("aria-labelledby", `${group.id}-name`);
    }
    for (const header of document.querySelectorAll(".toast-header[role]")) {
      header.removeAttribute("role");
      header.removeAttribute("tabindex");
    }
    for (const button of document.querySelectorAll(".toast-close, .overflow-menu > button")) {
      const ours = says[button.ariaLabel];
      if (ours && button.ariaLabel !== ours) button.ariaLabel = ours;
    }
    for (const said of document.querySelectorAll(".toast-title, [data-testid=toast-text]")) {
      const ours = says[said.textContent.trim()];
      if (ours && said.textContent !== ours) said.textContent = ours;
    }
  }).observe(document.body, { childList: true, subtree: true });

  const heading = document.querySelector("#title h1");
  if (heading) document.title = heading.textContent;
}
