// What is typed is checked and kept while it is typed: by the office's own checks, in the office's own keeping.
"use strict";
{
  const form = document.getElementById("asking");
  const lost = document.getElementById("lost");
  const said = document.getElementById("said");
  const PAUSE = 350, RENEW = 180000; // milliseconds
  const KEY = `keywright-draft:${form.dataset.here}:${form.elements.seen?.value}`;
  const stored = {
    get: () => { try { return JSON.parse(sessionStorage.getItem(KEY)); } catch { return null; } },
    set: (value) => { try { sessionStorage.setItem(KEY, JSON.stringify(value)); } catch { /* a browser that keeps nothing */ } },
    drop: () => { try { sessionStorage.removeItem(KEY); } catch { /* the same */ } },
  };
  let timer = 0, asked = 0, away = false;

  const sentencesIn = (part) => [...part.querySelectorAll(".fault, .remark p:first-child, .message")]
    .map((sentence) => sentence.textContent.trim().replace(/\s+/g, " "));

  // Parts of the page that the office sends anew take the place of the old ones of the same id. What has come to stand
  // there is unfolded and said; the focus stays with whoever types.
  const put = (html) => {
    const parts = new DOMParser().parseFromString(html, "text/html").body.children;
    const news = [];
    for (const part of [...parts]) {
      const old = document.getElementById(part.id);
      if (!old || old.innerHTML === part.innerHTML) continue;
      const focus = old.contains(document.activeElement) ? document.activeElement.value : null;
      if (part.id.startsWith("beside-")) {
        old.closest(".asked").classList.toggle("faulty", Boolean(part.querySelector(".fault")));
        const input = document.getElementById(part.id.replace("beside-", "field-"));
        if (part.querySelector(".fault")) input?.setAttribute("aria-invalid", "true"); else input?.removeAttribute("aria-invalid");
      }
      const before = sentencesIn(old), come = sentencesIn(part).filter((sentence) => !before.includes(sentence));
      old.replaceWith(part);
      const folded = part.closest("details");
      if (come.length && folded) folded.open = true;
      news.push(...come);
      if (focus !== null) part.querySelector(`[value="${CSS.escape(focus)}"]`)?.focus();
    }
    if (news.length) said.textContent = news.join(" ");
  };
  form.addEventListener("keywright:parts", (event) => put(event.detail));

  const tell = (words, link) => {
    lost.replaceChildren(words);
    if (link) {
      const way = document.createElement("a");
      Object.assign(way, { href: form.dataset.here, target: "_blank", textContent: link });
      lost.append(" ", way);
    }
    lost.hidden = false;
  };
  const gone = () => {
    away = true;
    stored.set([...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken"));
    tell(form.dataset.signedOut, form.dataset.signIn);
  };
  form.addEventListener("keywright:lost", gone);

  const check = async () => {
    const turn = ++asked;
    timer = 0;
    try {
      const answer = await fetch(form.dataset.check, { method: "POST", body: new FormData(form), keepalive: true });
      if (answer.redirected || answer.status === 403) { gone(); return; }
      if (answer.status === 409) { stored.set([...new FormData(form)]); tell(form.dataset.changed); return; }
      if (!answer.ok) return;
      const html = await answer.text();
      stored.drop();
      lost.hidden = true;
      away = false;
      if (turn === asked) put(html); // a slow answer does not undo a later one
    } catch { gone(); }
  };
  const soon = () => { clearTimeout(timer); timer = setTimeout(check, PAUSE); };
  if (form.dataset.check) {
    form.addEventListener("input", soon);
    form.addEventListener("keywright:confirmed", soon);
    form.addEventListener("submit", () => {
      clearTimeout(timer);
      timer = 0;
      stored.set([...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken"));
    });
    // Before what was typed earlier is taken over, what was typed just now is kept.
    document.getElementById("left-typed")?.addEventListener("submit", async (event) => {
      if (!timer || event.defaultPrevented) return;
      event.preventDefault();
      clearTimeout(timer);
      await check();
      event.target.requestSubmit(event.submitter);
    });
    addEventListener("pagehide", () => { if (timer && !away) { clearTimeout(timer); check(); } });

    // Back from signing in: a fresh token for the form, and what was typed meanwhile is kept.
    addEventListener("focus", async () => {
      if (!away) return;
      const answer = await fetch(form.dataset.here).catch(() => null);
      if (!answer?.ok || answer.redirected) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const token = fresh.querySelector("#asking [name=csrfmiddlewaretoken]")?.value;
      if (token) { form.elements.csrfmiddlewaretoken.value = token; await check(); }
    });

    // What could not be sent is typed in again; a page that came back with faults has it already.
    const kept = stored.get();
    if (kept && document.location.pathname === form.dataset.here) {
      let restored = false;
      for (const [name, value] of kept) {
        const control = form.elements[name];
        if (!control || control instanceof RadioNodeList || control.type === "checkbox" || name === "seen") continue;
        if (control.value !== value) { control.value = value; restored = true; }
      }
      if (restored) soon();
    }

    // The claim on the case is renewed while its page is open.
    setInterval(async () => {
      const body = new FormData();
      body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
      const answer = await fetch(form.dataset.claim, { method: "POST", body }).catch(() => null);
      if (answer?.redirected || answer?.status === 403) gone();
    }, RENEW);
  }
}
