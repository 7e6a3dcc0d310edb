() => {
  // What is typed into a dropdown takes the place of what is chosen; gradio would add it behind.
  document.addEventListener("focusin", ({ target }) => {
    if (target.matches("#user input, #facts input")) setTimeout(() => target.select());
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") document.querySelector("#detail #close")?.click();
  });

  window.copyLink = ({ names, lists, defaults }, values) => {
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
    history.replaceState(null, "", address);
    navigator.clipboard?.writeText(address.href).catch(() => {});
    return address.href;
  };
}
