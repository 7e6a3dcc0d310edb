() => {
  // What is typed into a dropdown takes the place of what is chosen; gradio would add it behind.
  document.addEventListener("focusin", ({ target }) => {
    if (target.matches("#user input, #facts input")) setTimeout(() => target.select());
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") document.querySelector("#detail #close")?.click();
  });

  const linkTo = ({ names, lists, defaults }, values) => {
    const address = new URL(location.href);
    const query = address.searchParams;
    const way = values[names.indexOf("way")];
    names.forEach((name, place) => {
      query.delete(name);
      if (name === "language" || (name === "user" && way !== "user")) return;
      const value = lists.includes(name) ? (values[place] ?? []).join("~") : values[place];
      if (value === null || value === undefined || value === "" || value === defaults[name]) return;
      query.set(name, value);
    });
    return address;
  };
  window.copyLink = (state, values) => {
    const address = linkTo(state, values);
    history.replaceState(null, "", address);
    navigator.clipboard?.writeText(address.href).catch(() => {});
    return address.href;
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

  const heading = document.querySelector("#title h1");
  if (heading) document.title = heading.textContent;
}
