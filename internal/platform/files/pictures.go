package files

import (
	"bytes"
	"context"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/draw"
	"golang.org/x/image/webp"

	"birge/internal/platform/problem"
)

// maxPixels is how large a picture may be once it is unpacked.
const maxPixels = 50_000_000

// codec reads one format of pictures.
type codec struct {
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}

// codecs by media type. Of a moving GIF the first picture is taken.
var codecs = map[string]codec{
	"image/jpeg": {jpeg.DecodeConfig, jpeg.Decode},
	"image/png":  {png.DecodeConfig, png.Decode},
	"image/gif":  {gif.DecodeConfig, gif.Decode},
	"image/webp": {webp.DecodeConfig, webp.Decode},
}

// The variants of a file. The original of a picture is private whatever the
// file is, since it keeps what the camera wrote.
const (
	Original = "original"
	Large    = "large" // at most 1600 pixels a side
	Thumb    = "thumb" // at most 400 pixels a side
)

// rendered is a public copy before it is stored.
type rendered struct {
	Copy
	variant string
	bytes   []byte
}

// picture is what a picture was found to be.
type picture struct {
	width, height int // as people see it
	likeness      int64
	evidence      Evidence
	copies        []rendered
}

// render reads a picture and makes its public copies: upright, smaller, and
// with nothing in them but pixels. Only one picture is unpacked at a time.
func (s *Service) render(ctx context.Context, mediaType string, r io.ReadSeeker) (p picture, err error) {
	select {
	case s.oneAtATime <- struct{}{}:
		defer func() { <-s.oneAtATime }()
	case <-ctx.Done():
		return p, ctx.Err()
	}
	orientation := 1
	if mediaType == "image/jpeg" {
		if p.evidence, orientation, err = evidenceOf(r); err != nil {
			return p, err
		}
	}
	img, err := decode(mediaType, r)
	if err != nil {
		return p, err
	}
	large := turn(fit(img, 1600), orientation)
	thumb := fit(large, 400)
	p.width, p.height = img.Bounds().Dx(), img.Bounds().Dy()
	if orientation >= 5 {
		p.width, p.height = p.height, p.width
	}
	p.likeness = likeness(thumb)
	for _, c := range []struct {
		name string
		img  *image.RGBA
	}{{Large, large}, {Thumb, thumb}} {
		made, err := encode(c.name, c.img)
		if err != nil {
			return p, err
		}
		p.copies = append(p.copies, made)
	}
	return p, nil
}

func evidenceOf(r io.ReadSeeker) (Evidence, int, error) {
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return Evidence{}, 1, err
	}
	head, err := io.ReadAll(io.LimitReader(r, 256<<10))
	if err != nil {
		return Evidence{}, 1, err
	}
	e, orientation := readEXIF(head)
	return e, orientation, nil
}

// decode asks how large a picture is before it unpacks it.
func decode(mediaType string, r io.ReadSeeker) (image.Image, error) {
	c := codecs[mediaType]
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	size, err := c.config(r)
	if err != nil {
		return nil, problem.Wrap(err, problem.Invalid, "files.damaged")
	}
	if size.Width < 1 || size.Height < 1 || size.Height > maxPixels/size.Width {
		return nil, problem.New(problem.Invalid, "files.too_many_pixels", "most", maxPixels/1_000_000)
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	img, err := c.decode(r)
	if err != nil {
		return nil, problem.Wrap(err, problem.Invalid, "files.damaged")
	}
	return img, nil
}

// fit makes a picture at most side pixels wide and high; it never grows.
func fit(img image.Image, side int) *image.RGBA {
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	if longest := max(w, h); longest > side {
		w, h = max(1, w*side/longest), max(1, h*side/longest)
	}
	if b.Dx() > 2*w { // quickly to twice the size, then finely
		img = scale(img, 2*w, 2*h, draw.ApproxBiLinear)
	}
	return scale(img, w, h, draw.CatmullRom)
}

func scale(img image.Image, w, h int, by draw.Scaler) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	if img.Bounds().Size() == out.Bounds().Size() {
		draw.Copy(out, image.Point{}, img, img.Bounds(), draw.Src, nil)
		return out
	}
	by.Scale(out, out.Bounds(), img, img.Bounds(), draw.Src, nil)
	return out
}

// turn sets a picture upright that the camera held by the EXIF orientation.
func turn(img *image.RGBA, orientation int) *image.RGBA {
	if orientation == 1 {
		return img
	}
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	size := image.Rect(0, 0, w, h)
	if orientation >= 5 {
		size = image.Rect(0, 0, h, w)
	}
	out := image.NewRGBA(size)
	for y := range h {
		for x := range w {
			tx, ty := turned(orientation, x, y, w, h)
			out.SetRGBA(tx, ty, img.RGBAAt(x, y))
		}
	}
	return out
}

// turned is where the pixel x, y of a picture of w by h goes.
func turned(orientation, x, y, w, h int) (int, int) {
	switch orientation {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return h - 1 - y, x
	case 7:
		return h - 1 - y, w - 1 - x
	case 8:
		return y, w - 1 - x
	}
	return x, y
}

// encode writes JPEG, or PNG when one can see through the picture.
func encode(variant string, img *image.RGBA) (rendered, error) {
	var b bytes.Buffer
	r := rendered{variant: variant, Copy: Copy{MediaType: "image/jpeg", Width: img.Bounds().Dx(), Height: img.Bounds().Dy()}}
	var err error
	if img.Opaque() {
		err = jpeg.Encode(&b, img, &jpeg.Options{Quality: 82})
	} else {
		r.MediaType = "image/png"
		err = png.Encode(&b, img)
	}
	r.bytes = b.Bytes()
	r.SHA256, r.Size = hashOf(r.bytes), int64(b.Len())
	return r, err
}

// likeness is a difference hash: 64 bits that tell which of two neighbours is
// brighter. Pictures whose bits differ in few places look alike.
func likeness(img image.Image) int64 {
	small := scale(img, 9, 8, draw.BiLinear)
	var bits uint64
	for y := range 8 {
		for x := range 8 {
			bits <<= 1
			if brightness(small, x, y) < brightness(small, x+1, y) {
				bits |= 1
			}
		}
	}
	return int64(bits)
}

func brightness(img *image.RGBA, x, y int) int {
	c := img.RGBAAt(x, y)
	return 299*int(c.R) + 587*int(c.G) + 114*int(c.B)
}
