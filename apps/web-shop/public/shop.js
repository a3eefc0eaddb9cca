// What a site does with Whisperr. `whisperr` is the loader's stub or the script itself: the calls are the same.
const { whisperr, shopConfig } = window;
whisperr.createWhisperr(shopConfig);

for (const button of document.querySelectorAll("[data-plan]")) {
  button.addEventListener("click", () => whisperr.track("plan_compared", { plan: button.dataset.plan }));
}

document.querySelector("#sign-in")?.addEventListener("submit", (event) => {
  event.preventDefault();
  const user = new FormData(event.target).get("user");
  // From here on the visitor is this user, and so is everything they did before.
  whisperr.identify(user, { email: `${user}@example.com` });
  whisperr.track("signed_in", { method: "password" });
});

document
  .querySelector("#upgrade")
  ?.addEventListener("click", () => whisperr.track("plan_upgraded", { plan: "pro" }));
document.querySelector("#sign-out")?.addEventListener("click", () => whisperr.reset());
