import torch

from training.reader.export import averaged


def test_the_weights_of_checkpoints_are_averaged(tmp_path):
    for n in (1, 3):
        torch.save({"model": {"w": torch.full((2,), float(n))}}, tmp_path / f"{n}.pt")

    assert averaged([tmp_path / "1.pt"])["w"].tolist() == [1, 1]
    assert averaged([tmp_path / "1.pt", tmp_path / "3.pt"])["w"].tolist() == [2, 2]
