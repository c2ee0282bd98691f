"""Runs of tilseq as pandas tables or AnnData, and its analyses on data frames.

Nothing is computed here: tables are read as the program wrote them, analyses are the program's own, run on files in a
temporary folder. Names are matched by the program, never by position.
"""
from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, Optional, Sequence, Union

import pandas as pd

__all__ = ["Run", "TilseqError", "read_table", "read_run", "de", "trial", "score", "gsea", "version"]


class TilseqError(RuntimeError):
    """The program ended with an error; `code` is its exit code (2 command line, 3 data, 4 environment, 70 a bug)."""

    def __init__(self, message: str, code: int):
        super().__init__(message)
        self.code = code


def _program() -> str:
    program = os.environ.get("TILSEQ") or shutil.which("tilseq")
    if program is None:
        raise TilseqError("tilseq is not on PATH: install it or set TILSEQ", 4)
    return program


def _call(words: Sequence[str]) -> str:
    done = subprocess.run([_program(), *words], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if line.startswith("tilseq")]
        raise TilseqError(lines[-1] if lines else done.stderr.strip(), done.returncode)
    return done.stdout


def version() -> str:
    """The version of the program, as in ``0.2.0``."""
    return _call(["--version"]).split("\n", 1)[0].split()[1]


def read_table(path: Union[str, Path], index: Optional[str] = None) -> pd.DataFrame:
    """A table of tilseq. Only ``NA`` is missing, and never in the first column: a gene may be called NA."""
    with open(path, encoding="utf-8") as lines:
        n_records = 0
        for line in lines:
            if not line.startswith("##tilseq"):
                first = line.rstrip("\n").split("\t")[0]
                break
            n_records += 1
        else:
            raise TilseqError(f"{path}: no header line", 3)
    table = pd.read_csv(path, sep="\t", skiprows=n_records, quoting=3, keep_default_na=False, na_values=["NA"],
                        converters={first: str}, float_precision="round_trip")
    return table.set_index(index) if index is not None else table


@dataclass
class Run:
    """The tables of one run. Dictionaries are keyed by the id of the question."""

    folder: Path
    record: dict
    samples: pd.DataFrame
    counts: Optional[pd.DataFrame] = None
    lengths: Optional[pd.DataFrame] = None
    tpm: Optional[pd.DataFrame] = None
    vst: Optional[pd.DataFrame] = None
    scores: Optional[pd.DataFrame] = None
    size_factors: Optional[pd.DataFrame] = None
    de: Dict[str, pd.DataFrame] = field(default_factory=dict)
    gsea: Dict[str, pd.DataFrame] = field(default_factory=dict)
    trial: Dict[str, pd.DataFrame] = field(default_factory=dict)
    patients: Dict[str, pd.DataFrame] = field(default_factory=dict)
    left_out: Optional[pd.DataFrame] = None

    def to_anndata(self):
        """Samples x genes: the counts (else the transformed values) as X, what else has their shape as layers."""
        import anndata

        named = {"counts": self.counts, "vst": self.vst, "tpm": self.tpm, "lengths": self.lengths}
        main = next((name for name in ("counts", "vst", "tpm") if named[name] is not None), None)
        if main is None:
            raise TilseqError(f"{self.folder}: no matrix of genes in this run", 3)
        values = _samples_of(named[main])
        genes = named[main][[c for c in ("gene_name",) if c in named[main].columns]]
        data = anndata.AnnData(values.T.to_numpy(), obs=self.samples.reindex(values.columns), var=genes)
        for name, matrix in named.items():
            if name == main or matrix is None:
                continue
            other = _samples_of(matrix).reindex(index=values.index, columns=values.columns)
            data.layers[name] = other.T.to_numpy()
        if self.scores is not None:
            data.obsm["scores"] = self.scores.T.reindex(values.columns)
        for name, table in self.de.items():
            data.uns[f"de_{name}"] = table.reset_index()
        for name, table in self.trial.items():
            data.uns[f"trial_{name}"] = table.reset_index()
        return data


def _samples_of(matrix: pd.DataFrame) -> pd.DataFrame:
    return matrix.drop(columns=[c for c in ("gene_name", "length") if c in matrix.columns])


def _first(folder: Path, names: Sequence[str], index: str) -> Optional[pd.DataFrame]:
    for name in names:
        if (folder / name).is_file():
            return read_table(folder / name, index)
    return None


def _tables(folder: Path, suffix: str, index: str) -> Dict[str, pd.DataFrame]:
    return {path.name[: -len(suffix)]: read_table(path, index) for path in sorted(folder.glob("*" + suffix))}


def read_run(folder: Union[str, Path]) -> Run:
    """Everything a folder of ``tilseq run`` holds; what the run did not make is None or empty."""
    folder = Path(folder)
    if not (folder / "run.json").is_file():
        raise TilseqError(f"{folder}/run.json: not there: is this the folder of a run?", 4)
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    return Run(
        folder=folder,
        record=record,
        samples=read_table(folder / "samples.tsv", "sample"),
        counts=_first(folder, ["quant/all.gene_counts.tsv", "count/counts.tsv"], "gene_id"),
        lengths=_first(folder, ["quant/all.gene_lengths.tsv"], "gene_id"),
        tpm=_first(folder, ["quant/all.gene_tpm.tsv"], "gene_id"),
        vst=_first(folder, ["de/vst.tsv", "norm/vst.tsv", "de/logcpm.tsv"], "gene_id"),
        scores=_first(folder, ["scores/scores.tsv"], "set"),
        size_factors=_first(folder, ["de/size_factors.tsv", "norm/size_factors.tsv"], "sample"),
        de=_tables(folder / "de", ".de.tsv", "gene_id"),
        gsea=_tables(folder / "gsea", ".gsea.tsv", "set"),
        trial=_tables(folder / "trial", ".trial.tsv", "signature"),
        patients=_tables(folder / "trial", ".patients.tsv", "patient"),
        left_out=_first(folder, ["trial/left_out.tsv"], "sample"),
    )


# ---- analyses ------------------------------------------------------------------------------------


def _write_matrix(matrix: pd.DataFrame, path: Path) -> None:
    matrix.to_csv(path, sep="\t", index_label="gene_id", na_rep="NA")


def _write_samples(samples: pd.DataFrame, path: Path) -> None:
    if "sample" in samples.columns:
        columns = ["sample"] + [c for c in samples.columns if c != "sample"]
        samples[columns].to_csv(path, sep="\t", index=False, na_rep="NA")
    else:
        samples.to_csv(path, sep="\t", index_label="sample", na_rep="NA")


def _words(options: dict) -> list:
    """Keyword arguments as options: ``lfc_threshold=1`` is ``--lfc-threshold 1``; lists repeat; True is a flag."""
    words = []
    for name, value in options.items():
        option = "--" + name.rstrip("_").replace("_", "-")
        if value is None or value is False:
            continue
        if value is True:
            words.append(option)
            continue
        for item in value if isinstance(value, (list, tuple)) else [value]:
            words += [option, str(item)]
    return words


def de(counts: pd.DataFrame, samples: pd.DataFrame, **options) -> Dict[str, pd.DataFrame]:
    """Differential expression: a table per question, by its id.

    ``de(counts, samples, design="~ batch + arm", contrast="arm:B:A")``, or ``pair=..., time=..., arm=...``; every option
    of ``tilseq de`` is a keyword.
    """
    with tempfile.TemporaryDirectory(prefix="tilseq-") as work:
        place = Path(work)
        _write_matrix(counts, place / "counts.tsv")
        _write_samples(samples, place / "samples.tsv")
        _call(["de", str(place / "counts.tsv"), str(place / "samples.tsv"), "-q", "-o", str(place / "de"), *_words(options)])
        return _tables(place / "de", ".de.tsv", "gene_id")


def trial(counts: pd.DataFrame, samples: pd.DataFrame, **options) -> Dict[str, pd.DataFrame]:
    """Signatures by patient: a table per question, by its id. Every option of ``tilseq trial`` is a keyword."""
    with tempfile.TemporaryDirectory(prefix="tilseq-") as work:
        place = Path(work)
        _write_matrix(counts, place / "counts.tsv")
        _write_samples(samples, place / "samples.tsv")
        _call(["trial", str(place / "counts.tsv"), str(place / "samples.tsv"), "-q", "-o", str(place / "out"), *_words(options)])
        return _tables(place / "out", ".trial.tsv", "signature")


def score(matrix: pd.DataFrame, **options) -> pd.DataFrame:
    """Signature scores, sets x samples. Every option of ``tilseq score`` is a keyword."""
    with tempfile.TemporaryDirectory(prefix="tilseq-") as work:
        place = Path(work)
        _write_matrix(matrix, place / "matrix.tsv")
        _call(["score", str(place / "matrix.tsv"), "-q", "-o", str(place / "scores.tsv"), *_words(options)])
        return read_table(place / "scores.tsv", "set")


def gsea(ranks: Union[pd.Series, pd.DataFrame], sets: Union[str, Path], **options) -> pd.DataFrame:
    """Enrichment along a ranking: a series of statistics by gene, or a table of :func:`de` (its column ``stat``)."""
    if isinstance(ranks, pd.DataFrame):
        labels = ranks["gene_name"].where(ranks["gene_name"].notna(), ranks.index) if "gene_name" in ranks else ranks.index
        ranks = pd.Series(ranks["stat"].to_numpy(), index=labels).dropna()
        # of several rows with one name the one that says most stands for the gene
        ranks = ranks.groupby(level=0, sort=False).agg(lambda v: v.iloc[int(v.abs().to_numpy().argmax())])
    with tempfile.TemporaryDirectory(prefix="tilseq-") as work:
        place = Path(work)
        ranks.to_csv(place / "ranks.rnk", sep="\t", header=False)
        _call(["gsea", "-g", str(sets), "--ranks", str(place / "ranks.rnk"), "-q", "-o", str(place / "gsea.tsv"), *_words(options)])
        return read_table(place / "gsea.tsv", "set")
