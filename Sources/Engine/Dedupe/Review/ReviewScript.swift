extension ReviewPage {
  static let script = """
    'use strict';
    const byId = (id) => document.getElementById(id);
    const state = { pairs: [], found: 0, index: null, busy: false, done: false };
    const pageSize = 60;

    function element(tag, text, name) {
      const made = document.createElement(tag);
      if (text !== undefined) made.textContent = text;
      if (name) made.className = name;
      return made;
    }

    async function get(path, query) {
      const answer = await fetch(path + '?' + new URLSearchParams(query));
      if (!answer.ok) throw new Error(await answer.text());
      return answer.json();
    }

    async function post(path, body) {
      const answer = await fetch(path, {
        method: 'POST', headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      });
      if (!answer.ok) throw new Error(await answer.text());
      return answer.json();
    }

    function query(offset, limit) {
      return {
        q: byId('search').value, least: byId('least').value || '0',
        most: byId('most').value || '1', status: byId('status').value,
        offset: offset, limit: limit,
      };
    }

    function showProgress(page) {
      const percent = page.total ? 100 * page.answered / page.total : 100;
      byId('bar').style.width = percent + '%';
      byId('bar').parentElement.setAttribute('aria-valuenow', String(Math.round(percent)));
      byId('count').textContent =
        page.answered + ' of ' + page.total + ' answered, ' + page.decided + ' decided';
      byId('found').textContent = page.found + (page.found === 1 ? ' pair' : ' pairs');
      state.found = page.found;
    }

    // Rows are fetched a page at a time, as far as the list is scrolled.
    async function load(keep) {
      const wanted = keep ? state.pairs.length : 0;
      const page = await get('/pairs', query(0, pageSize));
      let pairs = page.pairs;
      // As far as it was loaded before, so that the place in a long list is kept.
      while (pairs.length < Math.min(wanted, page.found)) {
        const more = await get('/pairs', query(pairs.length, 200));
        if (!more.pairs.length) break;
        pairs = pairs.concat(more.pairs);
      }
      state.pairs = pairs;
      showProgress(page);
      if (!keep || !state.pairs.some((pair) => pair.index === state.index)) {
        state.index = state.pairs.length ? state.pairs[0].index : null;
      }
      showList();
      await showPair();
    }

    async function loadMore() {
      if (state.busy || state.pairs.length >= state.found) return;
      state.busy = true;
      try {
        const page = await get('/pairs', query(state.pairs.length, pageSize));
        state.pairs = state.pairs.concat(page.pairs);
        page.pairs.forEach((pair) => byId('list').append(line(pair)));
      } finally { state.busy = false; }
    }

    function line(pair) {
      const item = element('li', pair.left);
      item.dataset.index = pair.index;
      item.append(element('small', pair.right));
      const answer = pair.answer ? ' · ' + pair.answer : '';
      const inside = pair.inside ? ' · twice in one system' : '';
      item.append(element('small', pair.score.toFixed(4) + ' · ' + pair.band + inside + answer));
      item.setAttribute('aria-current', String(pair.index === state.index));
      item.addEventListener('click', () => { select(pair.index); });
      return item;
    }

    function showList() {
      byId('list').replaceChildren(...state.pairs.map(line));
      const current = document.querySelector('#list [aria-current=true]');
      if (current) current.scrollIntoView({ block: 'nearest' });
    }

    async function select(index) {
      state.index = index;
      for (const item of byId('list').children) {
        const isCurrent = Number(item.dataset.index) === index;
        item.setAttribute('aria-current', String(isCurrent));
        if (isCurrent) item.scrollIntoView({ block: 'nearest' });
      }
      await showPair();
    }

    function cell(words) {
      if (!words.length) return element('td', '—', 'none');
      const made = element('td');
      words.forEach((word, place) => {
        if (place) made.append(' ');
        made.append(word.differs ? element('mark', word.text) : word.text);
      });
      return made;
    }

    async function showPair() {
      const shown = byId('pair');
      if (state.index === null) {
        shown.replaceChildren(element('p', state.done
          ? 'Finished. You may close this page.' : 'Nothing left here. Press Finish when done.'));
        return;
      }
      const wanted = state.index;
      const pair = await get('/pair', { index: wanted });
      if (wanted !== state.index) return;
      const question = pair.inside ? 'Twice in one system? ' : 'The same customer? ';
      const heading = element('p', question + 'Probability ' + pair.score
        + (pair.answer ? ' · answered: ' + pair.answer : ''), 'verdict');
      const table = element('table');
      const head = element('tr');
      ['', pair.left, pair.right].forEach((text) => head.append(element('th', text)));
      table.append(head);
      pair.rows.forEach((row) => {
        const made = element('tr', undefined, row.state);
        made.append(element('th', row.field), cell(row.left), cell(row.right));
        table.append(made);
      });
      const reasons = element('ul');
      pair.reasons.forEach((reason) => {
        const sign = reason.weight < 0 ? '−' : '+';
        reasons.append(element('li',
          sign + Math.abs(reason.weight).toFixed(1) + '  ' + reason.evidence,
          reason.weight < 0 ? 'against' : 'for'));
      });
      shown.replaceChildren(heading, table, element('p', 'What speaks for it and against it'),
        reasons);
      shown.scrollTop = 0;
    }

    function next(step) {
      const place = state.pairs.findIndex((pair) => pair.index === state.index);
      const other = state.pairs[place + step];
      if (other) select(other.index);
      if (place + step > state.pairs.length - 10) loadMore();
    }

    async function answer(word) {
      if (state.index === null) return;
      const place = state.pairs.findIndex((pair) => pair.index === state.index);
      if (place > state.pairs.length - 10) await loadMore();
      await post('/answer', { index: state.index, answer: word });
      const following = state.pairs[place + 1] || state.pairs[place - 1];
      state.index = following ? following.index : null;
      await load(true);
    }

    async function undo() {
      const back = await post('/undo', {});
      if (back.index === null || back.index === undefined) {
        byId('message').textContent = 'Nothing to undo.';
        return;
      }
      await load(true);
      await select(back.index);
    }

    async function finish() {
      await post('/finish', {});
      state.done = true;
      state.index = null;
      state.pairs = [];
      showList();
      await showPair();
    }

    let pending = Promise.resolve();
    // One after the other: fast keys are not lost and do not overtake.
    function queue(work) {
      if (state.done) return;
      byId('message').textContent = '';
      pending = pending.then(work).catch((error) => {
        const isGone = error instanceof TypeError;
        byId('message').textContent = state.done ? '' : isGone
          ? 'The program has stopped. Start the review again: earlier answers are kept.'
          : String(error.message || error);
      });
    }

    const keys = {
      l: () => answer('link'), d: () => answer('different'), s: () => answer('skip'),
      u: undo, ArrowDown: async () => next(1), ArrowUp: async () => next(-1),
    };
    document.addEventListener('keydown', (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const isTyping = event.target.matches('input, select');
      if (isTyping) {
        if (event.key === 'Escape') event.target.blur();
        return;
      }
      if (event.key === '/') { event.preventDefault(); byId('search').focus(); return; }
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      const work = keys[key];
      // A key held down must not decide pairs that nobody has seen.
      if (work && event.repeat && key.length === 1) return;
      if (work) { event.preventDefault(); queue(work); }
    });
    document.querySelectorAll('[data-key]').forEach((button) => {
      button.addEventListener('click', () => { button.blur(); queue(keys[button.dataset.key]); });
    });
    byId('finish').addEventListener('click', () => queue(finish));
    byId('filter').addEventListener('submit', (event) => event.preventDefault());
    let timer;
    ['search', 'least', 'most', 'status'].forEach((id) => {
      byId(id).addEventListener('input', () => {
        clearTimeout(timer);
        timer = setTimeout(() => queue(() => load(false)), 150);
      });
    });
    byId('list').addEventListener('scroll', (event) => {
      const list = event.target;
      if (list.scrollTop + list.clientHeight > list.scrollHeight - 300) loadMore();
    });
    queue(() => load(false));
    """
}
