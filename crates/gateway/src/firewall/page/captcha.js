const form = document.querySelector('form'), answer = document.getElementById('answer');

async function ask(given) {
  for (const button of form.querySelectorAll('button')) button.disabled = true;
  say('One moment, please.');
  try {
    const page = await send(given);
    if (page) another(page, given);
  } catch {
    say('The answer could not be sent. Please try again.');
  }
  for (const button of form.querySelectorAll('button')) button.disabled = false;
}

function another(page, given) {
  const question = page.match(/ data-question="([0-9a-z.]+)"/), picture = page.match(/ src="(data:image[^"]+)"/);
  if (!question || !picture) return say('That did not work. Please load the page again.');
  main.dataset.question = question[1];
  form.querySelector('img').src = picture[1];
  answer.value = '';
  answer.focus();
  say(given ? 'That was not right. Here is another picture.' : 'Here is another picture.');
}

form.onsubmit = event => { event.preventDefault(); ask(answer.value.trim()); };
document.getElementById('another').onclick = () => ask('');
