const main = document.querySelector('main');
const say = text => { document.getElementById('said').textContent = text; };

// Keeps a token beside the one for the other purpose. A domain that the browser refuses would mean to be asked for ever.
function keep(token) {
  const known = document.cookie.split('; ').filter(pair => pair.startsWith('aws-waf-token=')).flatMap(pair => pair.slice(14).split('~'));
  const other = known.find(text => text[0] !== token[0] && /^[pc]\.[0-9a-f]{1,16}\.[0-9a-f]{16}\.[0-9a-f]{32}\.[^~]{1,253}$/.test(text));
  const kept = other ? token + '~' + other : token;
  const shared = main.dataset.domain;
  return (shared ? ['; domain=' + shared, ''] : ['']).some(domain => {
    document.cookie = 'aws-waf-token=' + kept + domain + '; path=/; max-age=259200; samesite=lax; secure';
    return document.cookie.includes(kept);
  });
}

// Sends an answer. What comes back in place of a token is the text of a page with another question.
async function send(answer) {
  const headers = { accept: 'text/html', 'x-portcullis-waf-solution': main.dataset.question + '.' + answer };
  const asked = await fetch(location.href, { headers, cache: 'no-store', redirect: 'manual' });
  const token = asked.headers.get('x-aws-waf-token');
  if (!token) return 'refused: ' + await asked.text();
  if (keep(token)) location.reload();
  else say('This page needs cookies. Please allow them, and load it again.');
  return '';
}
