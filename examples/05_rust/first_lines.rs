//! The first ten lines in Rust: a model of two items, trained and asked.
use siamese::{Model, Pairs, Rows};

fn main() -> siamese::Result<()> {
    let titles = ["oak desk", "red sofa"];
    let model = Model::new("default")?;
    model.add_items(&Rows::new().ids(&[100, 101]).titles(&titles))?;
    model.add_pairs(&Pairs::new(&["table", "couch"], &titles))?;
    model.train()?;
    for hit in &model.search("couch", 1)? {
        println!("{} {} {}", hit.id, hit.score, hit.title());
    }
    Ok(())
}
