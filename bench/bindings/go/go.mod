module example/bench

go 1.19

require siamese v0.0.0

replace siamese => ../../../bindings/go
