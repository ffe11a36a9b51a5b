// Command decoder reads the code of a picture in a browser that has no reader of its
// own. It is built for WebAssembly by ./dev generate, and compressed beside the pages
// of forums; the page of the door fills its picture and asks it to decode.
package main

import (
	"image"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// Decode reads the code on a picture of so many dots, four bytes each, red, green,
// blue and opacity; "" where there is none.
func Decode(dots []byte, width, height int) string {
	grey := image.NewGray(image.Rect(0, 0, width, height))
	for i := range grey.Pix {
		r, g, b := int(dots[4*i]), int(dots[4*i+1]), int(dots[4*i+2])
		grey.Pix[i] = byte((299*r + 587*g + 114*b) / 1000)
	}
	bits, err := gozxing.NewBinaryBitmapFromImage(grey)
	if err != nil {
		return ""
	}
	found, err := qrcode.NewQRCodeReader().Decode(bits, nil)
	if err != nil {
		return ""
	}
	return found.GetText()
}

func main() {}
