"""The model as an estimator of scikit-learn."""

import numpy as np
import pytest
from conftest import QUERIES, TITLES

import libsiamese

pytest.importorskip("sklearn")

from sklearn.base import clone  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.model_selection import GridSearchCV, cross_val_score  # noqa: E402
from sklearn.pipeline import Pipeline, make_pipeline  # noqa: E402
from sklearn.utils.validation import check_is_fitted  # noqa: E402


def small(**options):
    return libsiamese.Model("small", threads=1, epochs=3, **options)


def test_a_clone_has_the_arguments_and_has_not_learned():
    model = small(char_ngrams=(3, 4)).fit(QUERIES, TITLES)
    other = clone(model)
    assert other.get_params() == model.get_params()
    assert not other.info["trained"] and model.info["trained"]
    check_is_fitted(model)
    with pytest.raises(Exception, match="fitted"):
        check_is_fitted(other)


def test_parameters_are_set_and_hold_for_the_next_fit():
    model = small()
    assert model.set_params(embedding_dim=16, tower__seed=9) is model
    model.fit(QUERIES, TITLES)
    assert model.info["dim"] == 16
    model.set_params(embedding_dim=8)
    assert model.info["dim"] == 16
    model.fit(QUERIES, TITLES)
    assert model.info["dim"] == 8
    assert model.transform(QUERIES).shape == (8, 8)
    assert len(model.get_feature_names_out()) == 8


def test_a_pipeline_learns_categories_of_vectors():
    labels = ["desk", "desk", "tap", "tap", "sofa", "sofa", "drill", "drill"]
    pipeline = make_pipeline(small(), LogisticRegression(C=100))
    pipeline.fit(QUERIES, labels)
    assert (pipeline.predict(QUERIES) == labels).all()
    named = Pipeline([("model", small()), ("end", LogisticRegression())])
    named.set_params(model__embedding_dim=4, model__tower__seed=3).fit(QUERIES, labels)
    assert named.named_steps["model"].info["dim"] == 4


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_grid_is_searched(jobs):
    search = GridSearchCV(
        small(),
        {"embedding_dim": [4, 64], "learning_rate": [0.01, 0.1]},
        cv=2,
        n_jobs=jobs,
    )
    search.fit(QUERIES * 2, TITLES * 2)
    assert len(search.cv_results_["params"]) == 4
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    assert search.best_estimator_.info["trained"]
    assert search.best_score_ > 0.9  # 8 titles, of which 10 are looked at


def test_scores_of_folds():
    scores = cross_val_score(small(), np.array(QUERIES * 3), np.array(TITLES * 3), cv=3)
    assert scores.shape == (3,) and (scores == 1).all()
