package main

import (
	"testing"

	"rsc.io/qr"
)

func TestDecode(t *testing.T) {
	const text, dot, width, height = "BIRGE:0123456789ABC:ABC1234", 6, 400, 300
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		t.Fatal(err)
	}
	dots := make([]byte, 4*width*height)
	for i := range dots {
		dots[i] = 230
	}
	if got := Decode(dots, width, height); got != "" {
		t.Errorf("an empty picture says %q", got)
	}
	for y := range height {
		for x := range width {
			if code.Black((x-100)/dot, (y-60)/dot) && x >= 100 && y >= 60 {
				copy(dots[4*(y*width+x):], []byte{20, 30, 25})
			}
		}
	}
	if got := Decode(dots, width, height); got != text {
		t.Errorf("the code says %q", got)
	}
}
