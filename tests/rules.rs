fn main() {
    let set = sourdine::detect::Ruleset::shipped();
    let mut bad = 0;
    for rule in set.rules() { for f in sourdine::detect::examples::failures(&set, rule) { bad += 1; println!("{}: {f}", rule.id); } }
    if let Some(t)=std::env::args().nth(1){let mut s=set.scratch();for (r,sp) in sourdine::detect::examples::findings(&set,&mut s,&t){println!("{} {:?} {:?}",set.rule_id(r),&t[sp.clone()],sp)}}; println!("{} rules, {bad} failures", set.rules().len());
}
