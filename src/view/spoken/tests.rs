//! What is heard in sentences as people say them?

use super::*;
use crate::scan::{Kernel, classify};

fn heard(text: &str) -> Vec<(String, String)> {
    let lexicon = Lexicon::shipped();
    let mut masks = Vec::new();
    classify(Kernel::best(), text.as_bytes(), &mut masks);
    let mut listener = Listener::default();
    listener.listen(Text { bytes: text.as_bytes(), masks: &masks }, (0, text.len()), &lexicon);
    let all = listener.sayings.iter().filter(|saying| saying.said && listener.written(saying).len() > 2);
    all.map(|saying| (text[saying.span.range()].to_owned(), listener.written(saying).to_owned())).collect()
}

/// What is said in the text, between `{` and `}`, and how it is written.
fn says(text: &str, written: &[&str]) {
    let plain = text.replace(['{', '}'], "");
    let marked: Vec<&str> = text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
    let wanted: Vec<(String, String)> =
        marked.iter().zip(written).map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    assert_eq!(heard(&plain), wanted, "{text}");
}

#[test]
fn numbers_said_in_english() {
    says("it's {oh seven seven double oh nine hundred one two three} thanks", &["07700900123"]);
    says("{four one one one, uh, double one 1 1} and", &["41111111"]);
    says("{4 one 1 eleven}", &["41111"]);
    says("the {seven five no sorry six two}", &["762"]);
    says("{one two for five six}", &["12456"]);
}

#[test]
fn numbers_said_in_french() {
    says("c'est le {zéro six douze trente-quatre cinquante-six soixante-dix-huit} voilà", &["0612345678"]);
    says("{zero six euh trente neuf quatre vingt dix huit zero un vingt et un}", &["0639980121"]);
    says("{quatre neuf sept zéro}", &["4970"]);
}

#[test]
fn numbers_said_in_german_spanish_italian() {
    says("die {null eins sieben zwei vierunddreißig zwo acht} bitte", &["01723428"]);
    says("es el {seis uno dos treinta y cuatro cincuenta y seis setenta y ocho}", &["612345678"]);
    says("il {tre tre tre ventuno quarantadue zero otto}", &["333214208"]);
    says("pratica {zero quattro settemilacentodiciotto}", &["047118"]);
    says("Nummer {null vier siebentausendeinhundertachtzehn}", &["047118"]);
}

#[test]
fn letters_said() {
    says("my postcode is {S W one six six J T} ok", &["SW166JT"]);
    says("{D for David U P O N T}", &["DUPONT"]);
    says("dupont {d u p o n t}", &["DUPONT"]);
    says("{m comme marie o u l i n}", &["MOULIN"]);
    says("{november papa six five two whiskey delta}", &["NP652WD"]);
    says("{emme come milano a erre i o}", &["MARIO"]);
    says("{t wie theodor h o m a s}", &["THOMAS"]);
}

#[test]
fn addresses_said() {
    says("my email is {mary dot smith at gmail dot com} ok", &["mary.smith@gmail.com"]);
    says("c'est {jean point dupont arobase orange point fr}", &["jean.dupont@orange.fr"]);
    says("{anna unterstrich meier at gmx punkt de}", &["anna_meier@gmx.de"]);
    says(
        "mi correo es {lucia guion bajo perez ochenta y cuatro arroba hotmail punto com}",
        &["lucia_perez84@hotmail.com"],
    );
    says("{paolo punto rossi chiocciola libero punto it}", &["paolo.rossi@libero.it"]);
    says("it's {j smith forty two at g mail dot com}", &["jsmith42@gmail.com"]);
    says("{sales at acme dot co dot uk}", &["sales@acme.co.uk"]);
    says("go to {acme dot com slash help}", &["http://acme.com/help"]);
    says("it says {ten dot eight dot zero dot one forty five} there", &["10.8.0.145"]);
    says("the ip is {one nine two dot one six eight dot one dot twenty three}", &["192.168.1.23"]);
    says("pone {diez punto ocho punto cero punto ciento cuarenta y cinco}", &["10.8.0.145"]);
    says("da steht {zehn Punkt hundertzweiundzwanzig Punkt vier Punkt siebzehn}", &["10.122.4.17"]);
    says("{centonovantadue punto centosessantotto punto quindici punto ottantotto}", &["192.168.15.88"]);
    says("version two dot four dot eight", &[]);
    says("I was at the shop point taken", &[]);
    says("we met at noon dot dot dot", &[]);
}

#[test]
fn days_said() {
    says("born {twelve august nineteen fifty eight}", &["12 august 1958"]);
    says("the {twenty first of march eighty six}", &["21 march 86"]);
    says("the {27th of the 9th 1984}", &["27/9/1984"]);
    says("le {douze mai mille neuf cent quatre-vingt-quatre}", &["12 may 1984"]);
    says("am {dritten oktober neunzehnhundertneunzig}", &["3 october 1990"]);
    says("el {cinco de mayo de mil novecientos ochenta y ocho}", &["5 may 1988"]);
    says("l'{otto luglio millenovecentosettanta}", &["8 july 1970"]);
    says("{twelve august nineteen uh eighty six}", &["12 august 1986"]);
}

#[test]
fn what_is_no_saying() {
    for text in ["I have two dogs", "one of them", "room twelve", "this is me", "I am a b"] {
        assert_eq!(heard(text), [], "{text}");
    }
}
