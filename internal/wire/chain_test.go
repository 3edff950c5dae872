package wire_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"peerscape/internal/stats"
	"peerscape/internal/wire"
	"peerscape/internal/wire/tsv"
)

func TestChainReadsPartsInTurn(t *testing.T) {
	parts := []string{
		"freq,unit,geo\\TIME_PERIOD\t2020 \nA,PC,FI1C\t1 \n",
		"freq,unit,geo\\TIME_PERIOD\t2021 \nA,PC,FI1C\t2 \nA,PC,FI1D\t3 p\n",
	}
	src, err := wire.Chain(len(parts), func(i int) (stats.Source, error) {
		return tsv.NewReader(strings.NewReader(parts[i]), fmt.Sprintf("part %d", i+1))
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for {
		var s stats.Series
		err := src.Next(&s)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprint(s.Region, s.Periods[0], s.Values[0]))
	}
	if want := "[FI1C2020 1 FI1C2021 2 FI1D2021 3]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func TestChainRefusesPartsOfTwoShapes(t *testing.T) {
	parts := []string{"freq,unit,geo\\TIME_PERIOD\t2020 \nA,PC,FI1C\t1 \n", "unit,geo\\TIME_PERIOD\t2021 \nPC,FI1C\t2 \n"}
	src, err := wire.Chain(len(parts), func(i int) (stats.Source, error) {
		return tsv.NewReader(strings.NewReader(parts[i]), "x")
	})
	if err != nil {
		t.Fatal(err)
	}
	var s stats.Series
	for err == nil {
		err = src.Next(&s)
	}
	if errors.Is(err, io.EOF) || !strings.Contains(err.Error(), "part 2") {
		t.Errorf("got %v, want a refusal that names part 2", err)
	}
}
