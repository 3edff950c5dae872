// Command decode reads one dataset file to observations and prints, as JSON,
// how many values it has, their sum and the time and CPU it took, beside
// decompression alone. bench/compare.mjs runs it.
package main

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"syscall"
	"time"

	"peerscape/internal/stats"
	"peerscape/internal/wire"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "decode:", err)
		os.Exit(1)
	}
}

type usage struct {
	cpu, wall time.Duration
}

func run() error {
	if len(os.Args) != 2 {
		return errors.New("usage: decode FILE.tsv.gz")
	}
	var values int
	var total float64
	unzip, err := measure(func(f *os.File) error {
		z, err := gzip.NewReader(f)
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, z)
		return err
	})
	if err != nil {
		return err
	}
	decode, err := measure(func(f *os.File) error {
		values, total = 0, 0
		src, err := wire.Open(os.Args[1], f)
		if err != nil {
			return err
		}
		var s stats.Series
		for {
			switch err := src.Next(&s); {
			case errors.Is(err, io.EOF):
				return nil
			case err != nil:
				return err
			}
			for _, v := range s.Values {
				if !math.IsNaN(v) {
					values++
					total += v
				}
			}
		}
	})
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]any{
		"values": values, "total": total,
		"cpu": ms(decode.cpu), "wall": ms(decode.wall), "gunzipCpu": ms(unzip.cpu), "gunzipWall": ms(unzip.wall),
	})
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func measure(work func(*os.File) error) (usage, error) {
	f, err := os.Open(os.Args[1])
	if err != nil {
		return usage{}, err
	}
	defer f.Close()
	before, start := cpu(), time.Now()
	err = work(f)
	return usage{cpu() - before, time.Since(start)}, err
}

func cpu() time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
