//! Asks pkg-config where libsiamese is; no crate is needed for that.
//!
//! `PKG_CONFIG` names another program, `PKG_CONFIG_PATH` folders of .pc files.
//! With `SIAMESE_STATIC=1` the archive goes into the program.
use std::{env, process::Command};

fn main() {
    for name in ["PKG_CONFIG", "PKG_CONFIG_PATH", "SIAMESE_STATIC"] {
        println!("cargo:rerun-if-env-changed={name}");
    }
    let is_static = env::var_os("SIAMESE_STATIC").map_or(false, |v| v == "1");
    let mut libs = vec!["--libs"];
    if is_static {
        libs.push("--static");
    }
    for flag in pkg_config(&libs).split_whitespace() {
        match flag.split_at(2.min(flag.len())) {
            ("-L", path) => println!("cargo:rustc-link-search=native={path}"),
            ("-l", "siamese") if is_static => {
                println!("cargo:rustc-link-lib=static=siamese");
            }
            ("-l", name) => println!("cargo:rustc-link-lib={name}"),
            _ => println!("cargo:rustc-link-arg={flag}"),
        }
    }
    if is_static {
        let path = pkg_config(&["--variable=libdir"]);
        println!("cargo:rustc-link-search=native={}", path.trim());
    }
    let include = pkg_config(&["--variable=includedir"]);
    println!("cargo:include={}", include.trim());
}

fn pkg_config(asked: &[&str]) -> String {
    let program = env::var("PKG_CONFIG").unwrap_or_else(|_| "pkg-config".into());
    let output = Command::new(&program)
        .args(asked)
        .arg("siamese")
        .output()
        .unwrap_or_else(|error| panic!("{program} could not be run: {error}"));
    assert!(
        output.status.success(),
        "{program} does not know siamese: install libsiamese, or set \
         PKG_CONFIG_PATH to the folder of siamese.pc\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}
