//! Texts that people write, in several languages, and texts that use the words of SQL and shells.

use super::words::COMMON;
use crate::waf::encode::form;
use crate::waf::grammar::expand;
use crate::waf::random::Random;
use crate::waf::wire::Wire;

const SENTENCES: &[&str] = &[
    "I'd like to ‹verb› the ‹adjective› ‹noun›, but it's too expensive.",
    "Don't you think ‹first›'s ‹noun› is better than ‹first›'s?",
    "We met at ‹d› o'clock & had coffee (it was great!).",
    "Price: ‹money› - that's 20% less than before; order now!",
    "\"To be or not to be\", that is the question.",
    "The ‹noun› arrived on ‹date› -- thanks a lot!",
    "My size is 6'2\" and I weigh 80kg; is L or XL better?",
    "He said: 'I can't do that', and left.",
    "Rock 'n' roll isn't dead... or is it?",
    "See you @ 8pm <3 <3",
    "5 > 3 and 2 < 4, so x = y + z.",
    "Use the <b>-tag? No: just plain text ;-)",
    "Contact me: ‹email› or ‹phone›.",
    "Ordered #‹n› on ‹date› / not delivered yet!!!",
    "What's the difference between A/B and A&B?",
    "(1) First, (2) second; (3) third.",
    "It costs 100$ or 90€ = cheap.",
    "Read more at ‹url›.",
    "‹first› & ‹first› O'Connor live in ‹city›.",
    "Temperature: -5°C | wind: 20km/h | rain: 0%",
    "Is it true that 1=1 or 2=2? Of course.",
    "The dogs' bowls and the cats' toys are in the boys' room.",
    "Name: ‹first› ‹last›; Company: ‹company›",
    "I give it 5/5 *****",
    "TL;DR: it's good.",
    "`quoted` and ''double quoted'' words",
    "Line one\nline two\n\n- point a\n- point b\n",
    "Please cat-sit for us; sleep here if you like.",
    "The script of the play was lost, and so was the table.",
    "A + B = C; D - E = F",
    "100% cotton, size M/L, colour: #ff00aa",
    "She asked \"why?\" and I said \"because\".",
    "Let's do 50/50?",
    "e.g. http://example.com/a?b=c&d=e",
    "@‹user› #‹noun1› #fun",
    "Please echo this to your friends!",
    "Alert (important): the office is closed.",
    "I eval-uated it & passed (through) customs.",
    "He had a head start; tail lights were broken.",
    "Who am I? id est: nobody.",
    "Set & match; game over || not?",
    "Ich hätte gern den ‹noun›; geht's noch günstiger?",
    "Wie heißt du? - ‹first› natürlich!",
    "Das kostet 5,50 € oder mehr, und 1 + 1 = 2.",
    "„Sein oder nicht sein“, das ist hier die Frage.",
    "Für größere Mengen bitte ‹phone› anrufen.",
    "J'aime l'été, c'est vraiment l'époque idéale d'aujourd'hui.",
    "Qu'est-ce que c'est ? L'‹noun› d'occasion n'est pas là.",
    "« Être ou ne pas être », telle est la question.",
    "¿Cuánto cuesta? ¡Es demasiado! O'Higgins nació en ‹city›.",
    "El niño comió piñas y/o mangos.",
    "L'acqua dell'isola è bellissima, quest'anno più che mai.",
    "Não sei se é verdade; talvez seja ou não.",
    "Cześć! Zażółć gęślą jaźń, ok?",
    "Zobacz też: ‹url›",
    "Привет! Как дела? Всё хорошо, спасибо; а у тебя?",
    "«Быть или не быть» - вот в чём вопрос.",
    "你好，请问这个多少钱？谢谢！",
    "こんにちは。‹noun›はいくらですか？（税込）",
    "안녕하세요! 가격이 얼마인가요?",
    "مرحبا، كم السعر؟",
    "שלום, מה שלומך?",
    "नमस्ते, यह कितने का है?",
    "Γειά σου! Τι κάνεις;",
    "Xin chào, cái này bao nhiêu tiền?",
    "Merhaba, nasılsın? İyi günler!",
    "Hej! Hur mår du? Åäö.",
    "Ahoj, jak se máš? Příliš žluťoučký kůň.",
    "Tere! Õhtu on ilus.",
    "😀😀 great!!! 👍🏽",
];
const SQLISH: &[&str] = &[
    "Please select one of the options from the list where you found it.",
    "The union members select a new leader and drop the old one.",
    "Insert the card into the slot, then delete the old file from the table.",
    "Update your profile and set the language; order by phone or mail.",
    "He wanted to drop the table, but the group by the window was having lunch.",
    "Create a table of contents, then alter the view of the page.",
    "Select * is an asterisk; from there go to where the road ends.",
    "Union - select committee of 5 or 6 members",
    "I or you = we; like 1 in 10 people",
    "Is 'select' a verb? And 'where' an adverb?",
    "In SQL, 'SELECT name FROM users' reads names.",
    "\"drop table\" sounds like furniture; -- it isn't.",
    "Join us for a free lunch: order 2 and get 1!",
    "Exec summary: declare victory and shutdown early.",
    "The student's union will select from all candidates, and 2 of 3 win.",
    "O'Reilly's book on SQL: insert, update & delete",
    "null and void, or not null?",
    "Truncate the text after 10 words; and cast your vote.",
    "My table is 2=2 feet? No, 1' or 2' wide.",
    "between 1 and 10 or like 20?",
    "waiting for delay: 5 minutes; sleep 8 hours",
    "grant access to all or revoke it -- thanks",
    "begin; end; commit to it!",
    "case closed; when it rains then it pours, else end",
    "group by colour, having seen them all, order by size 1",
    "We exec 'plan b' and it's fine",
    "count(everything) = 42",
    "user() friendly? version (2) out now",
    "Select your country: 1) France 2) Germany; or skip",
    "'Tis the season or is it?",
    "values ('priceless') into your life",
    "if (you like) or else",
];

fn article(random: &mut Random, sentences: &[&str]) -> String {
    let count = random.between(1, 8);
    let all: Vec<String> = (0..count)
        .map(|_| {
            let sentence = random.pick(sentences).to_owned();
            expand(random, &sentence, COMMON)
        })
        .collect();
    all.join(if random.once_in(4) { "\n" } else { " " })
}

/// A comment, a review, a message.
pub(super) fn text(random: &mut Random) -> Wire {
    let text = article(random, SENTENCES);
    send(random, &text)
}

/// The same in words that databases and shells use.
pub(super) fn like_sql(random: &mut Random) -> Wire {
    let text = article(random, SQLISH);
    send(random, &text)
}

/// Sends a text in one of the ways in which texts are sent.
pub(super) fn send(random: &mut Random, text: &str) -> Wire {
    match random.below(6) {
        0 | 1 => {
            let document =
                serde_json::json!({"id": random.below(9999), "comment": text, "tags": ["a", "b"], "rating": 5});
            Wire::post("/api/comments", "application/json", document.to_string())
        }
        2 => Wire::post(
            "/comments",
            "application/x-www-form-urlencoded",
            format!("post={}&text={}&send=Send", random.hex(8), form(text)),
        ),
        3 => {
            let boundary = random.hex(24);
            let body = format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n{text}\r\n--{boundary}--\r\n"
            );
            Wire::post("/comments", &format!("multipart/form-data; boundary={boundary}"), body)
        }
        4 => Wire::post("/notes", "text/plain; charset=utf-8", text),
        _ => {
            let short: String = text.chars().take(200).collect();
            Wire::get("/search", &format!("q={}&lang=en", form(&short)))
        }
    }
}
