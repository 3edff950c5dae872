package wire

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"peerscape/internal/sharedtest"
	"peerscape/internal/stats"
)

// BenchmarkOpen reads real files, gzip included; the metrics are what a series
// takes when it is packed.
func BenchmarkOpen(b *testing.B) {
	for _, path := range []string{
		"vds_2023w/estat_demo_r_pjangrp3.tsv.gz",
		"vds_2023w/estat_demo_r_pjanind3.tsv.gz",
		"vds_2023w/bd_size_r3_tabular.tsv.gz",
		"kohesio_clementlefevre/estat_nama_10r_3gdp.tsv.gz",
		"euhackathon2017/lfst_r_lfe2emp.tsv.gz",
		"eucohesion_chappuis5/eurostat_tgs00010_unemployment_rate.csv.gz",
	} {
		b.Run(filepath.Base(path), func(b *testing.B) {
			file, err := os.ReadFile(sharedtest.Path(b, "data", "eurostat", filepath.FromSlash(path)))
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(file)))
			var series, values, size int
			for b.Loop() {
				series, values, size = pack(b, path, file)
			}
			b.ReportMetric(float64(size)/float64(series), "bytes/series")
			b.ReportMetric(float64(size)/float64(values), "bytes/value")
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(values), "ns/value")
		})
	}
}

// pack reads a file, packs every series and reads it back.
func pack(b *testing.B, name string, file []byte) (series, values, size int) {
	source, err := Open(name, bytes.NewReader(file))
	if err != nil {
		b.Fatal(err)
	}
	var s, back stats.Series
	var packed []byte
	for {
		err := source.Next(&s)
		if err == io.EOF {
			return series, values, size
		}
		if err != nil {
			b.Fatal(err)
		}
		packed = s.AppendPacked(packed[:0])
		if err := stats.Unpack(packed, &back); err != nil {
			b.Fatal(err)
		}
		series, values, size = series+1, values+s.Len(), size+len(packed)
	}
}
