/// The page of a review. Its text is fixed: everything of a record arrives as JSON and is put in
/// as text, never as markup.
enum ReviewPage {
  static let html = """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>xerosync: the same customer?</title>
    <link rel="stylesheet" href="/review.css">
    </head>
    <body>
    <header>
      <h1>The same customer?</h1>
      <div class="progress" role="progressbar" aria-label="Answered"><div id="bar"></div></div>
      <span id="count" aria-live="polite"></span>
      <button id="finish">Finish</button>
    </header>
    <main>
      <nav aria-label="Pairs">
        <form id="filter">
          <input id="search" type="search" placeholder="Search  ( / )" aria-label="Search">
          <label>Score from <input id="least" type="number" min="0" max="1" step="0.01" value="0">
          </label>
          <label>to <input id="most" type="number" min="0" max="1" step="0.01" value="1"></label>
          <select id="status" aria-label="Which">
            <option value="open">to answer</option>
            <option value="answered">answered</option>
            <option value="all">all</option>
          </select>
        </form>
        <p id="found"></p>
        <ol id="list"></ol>
      </nav>
      <section id="pair" aria-live="polite"></section>
    </main>
    <footer>
      <button data-key="l"><kbd>l</kbd> link</button>
      <button data-key="d"><kbd>d</kbd> different</button>
      <button data-key="s"><kbd>s</kbd> skip</button>
      <button data-key="u"><kbd>u</kbd> undo</button>
      <span><kbd>↑</kbd> <kbd>↓</kbd> another pair</span>
      <span id="message" role="status"></span>
    </footer>
    <script src="/review.js"></script>
    </body>
    </html>
    """

  static let css = """
    :root { color-scheme: light dark; --line: #8886; --mark: #f5c54266; --good: #1f7a33;
      --bad: #b83226; --soft: #8882; }
    @media (prefers-color-scheme: dark) { :root { --good: #5fca7c; --bad: #ff8a7a; } }
    * { box-sizing: border-box; }
    body { margin: 0; font: 15px/1.45 system-ui, sans-serif; display: grid; height: 100vh;
      grid-template-rows: auto 1fr auto; }
    header, footer { display: flex; gap: 1rem; align-items: center; padding: .6rem 1rem;
      border-bottom: 1px solid var(--line); }
    footer { border-top: 1px solid var(--line); border-bottom: 0; flex-wrap: wrap; }
    h1 { font-size: 1.1rem; margin: 0; }
    .progress { flex: 1; height: .6rem; background: var(--soft); border-radius: .3rem; }
    .progress div { height: 100%; width: 0; background: var(--good); border-radius: .3rem; }
    main { display: grid; min-height: 0;
      grid-template-columns: clamp(13rem, 30%, 24rem) minmax(0, 1fr); }
    nav { display: flex; flex-direction: column; border-right: 1px solid var(--line);
      min-height: 0; padding: .6rem; gap: .4rem; }
    form { display: flex; flex-wrap: wrap; gap: .4rem 1rem; }
    #search, #status { flex: 1 1 100%; min-width: 0; }
    input, select, button { font: inherit; padding: .25rem .5rem; }
    input[type=number] { width: 5rem; }
    #found { margin: 0; opacity: .75; }
    #list { overflow-y: auto; margin: 0; padding: 0; list-style: none; flex: 1; }
    #list li { padding: .35rem .5rem; border-bottom: 1px solid var(--line); cursor: pointer; }
    #list li[aria-current=true] { background: var(--soft);
      box-shadow: inset .25rem 0 var(--good); }
    #list small { opacity: .75; display: block; }
    section { overflow-y: auto; padding: 1rem; }
    table { border-collapse: collapse; width: 100%; table-layout: fixed; }
    th, td { text-align: left; padding: .4rem .6rem; border-bottom: 1px solid var(--line);
      vertical-align: top; overflow-wrap: anywhere; }
    th:first-child { width: 7rem; font-weight: normal; opacity: .75; }
    mark { background: var(--mark); color: inherit; border-radius: .2rem; }
    tr.same td { color: var(--good); }
    td.none { opacity: .5; }
    .verdict { font-size: 1.05rem; margin: 0 0 .6rem; }
    .for { color: var(--good); }
    .against { color: var(--bad); }
    ul { padding-left: 1.2rem; }
    kbd { border: 1px solid var(--line); border-radius: .25rem; padding: 0 .3rem; }
    #message { margin-left: auto; }
    """
}
