module example/train_and_search

go 1.19

require siamese v0.0.0

replace siamese => ../../bindings/go
