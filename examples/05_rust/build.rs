//! Asks pkg-config where libsiamese is; no crate is needed for that.
use std::{env, process::Command};

fn main() {
    let pkg_config = env::var("PKG_CONFIG").unwrap_or("pkg-config".into());
    let output = Command::new(pkg_config)
        .args(["--libs", "siamese"])
        .output()
        .expect("pkg-config could not be run");
    assert!(output.status.success(), "pkg-config does not know siamese");
    for flag in String::from_utf8_lossy(&output.stdout).split_whitespace() {
        match flag.split_at(2) {
            ("-L", path) => println!("cargo:rustc-link-search=native={path}"),
            ("-l", name) => println!("cargo:rustc-link-lib={name}"),
            _ => println!("cargo:rustc-link-arg={flag}"),
        }
    }
    println!("cargo:rerun-if-env-changed=PKG_CONFIG_PATH");
}
