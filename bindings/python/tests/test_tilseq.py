"""The package on a simulated trial: what it reads is what the program wrote."""
import os
import subprocess

import pandas as pd
import pytest

import tilseq


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("trial")
    program = os.environ.get("TILSEQ", "tilseq")
    subprocess.run([program, "simulate", "--patients", "8", "--genes", "300", "-q", "-o", str(place / "sim")], check=True)
    subprocess.run([program, "run", str(place / "sim/samples.tsv"), "--counts", str(place / "sim/counts.tsv"), "-g",
                    str(place / "sim/sets.gmt"), "--pair", "patient", "--time", "timepoint", "--arm", "arm", "-q", "-o",
                    str(place / "out")], check=True)
    return place


def test_tables_of_a_run(run_folder):
    run = tilseq.read_run(run_folder / "out")
    assert len(run.samples) >= 16
    for name, table in run.de.items():
        assert {"log2FoldChange", "pvalue", "padj", "status"} <= set(table.columns)
        lines = (run_folder / "out/de" / f"{name}.de.tsv").read_text().splitlines()
        assert len(table) == sum(not line.startswith("##") for line in lines) - 1
        assert table["status"].notna().all()


def test_de_equals_the_program(run_folder):
    counts = tilseq.read_table(run_folder / "sim/counts.tsv", "gene_id")
    counts = counts.drop(columns=[c for c in ("gene_name",) if c in counts.columns])
    samples = tilseq.read_table(run_folder / "sim/samples.tsv", "sample")
    shuffled = samples.sample(frac=1, random_state=1)
    tables = tilseq.de(counts, shuffled, pair="patient", time="timepoint", arm="arm", method="voom",
                       reference=["timepoint=pre", "arm=A"])
    assert tables
    for table in tables.values():
        assert table["pvalue"].dropna().between(0, 1).all()


def test_errors_have_code_and_message(run_folder):
    counts = tilseq.read_table(run_folder / "sim/counts.tsv", "gene_id")
    samples = tilseq.read_table(run_folder / "sim/samples.tsv", "sample")
    with pytest.raises(tilseq.TilseqError) as caught:
        tilseq.de(counts, samples, design="~ nosuch", contrast="nosuch:B:A")
    assert caught.value.code == 3 and "nosuch" in str(caught.value)


def test_a_gene_called_na(tmp_path):
    (tmp_path / "t.tsv").write_text("gene_id\tx\nNA\t1\nG2\tNA\n")
    table = tilseq.read_table(tmp_path / "t.tsv", "gene_id")
    assert list(table.index) == ["NA", "G2"] and pd.isna(table.loc["G2", "x"])


def test_anndata(run_folder):
    pytest.importorskip("anndata")
    data = tilseq.read_run(run_folder / "out").to_anndata()
    assert data.n_obs > 0 and data.n_vars > 0
