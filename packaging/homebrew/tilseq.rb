# Homebrew formula; the tarball of the release (`make dist`) and its sha256 are filled in at release.
class Tilseq < Formula
  desc "RNA-seq of tumour biopsies from reads to the trial's answer"
  url "file://#{__dir__}/../../tilseq-0.2.0.tar.xz"
  license "GPL-3.0-or-later"

  depends_on "pkg-config" => :build
  depends_on "htslib"
  depends_on "isa-l"
  depends_on "jansson"
  depends_on "lapack"
  depends_on "libdeflate"
  depends_on "libyaml"
  depends_on "nettle"
  depends_on "openblas"
  depends_on "r"

  uses_from_macos "zlib"

  def install
    system "./configure", "--prefix=#{prefix}", "--with-serial-blas=no"
    system "make", "install"
  end

  test do
    system bin/"tilseq", "simulate", "--patients", "4", "--genes", "200", "-q", "-o", "sim"
    assert_path_exists testpath/"sim/counts.tsv"
  end
end
