package files

import (
	"bytes"
	"encoding/binary"
	"math"
	"strings"
)

// Evidence is what a camera wrote into a picture. It stays private.
type Evidence struct {
	// TakenAt is the camera's own clock, without a zone: "2026-11-23T10:15:00".
	TakenAt string `json:"taken_at,omitempty"`
	// Latitude and Longitude are degrees, north and east positive.
	Latitude  *float64 `json:"latitude,omitempty"`
	Longitude *float64 `json:"longitude,omitempty"`
	Camera    string   `json:"camera,omitempty"`
}

// The tags that are read.
const (
	tagModel       = 0x0110
	tagOrientation = 0x0112
	tagDateTime    = 0x0132
	tagExif        = 0x8769
	tagGPS         = 0x8825
	tagOriginal    = 0x9003
)

// readEXIF reads the beginning of a JPEG: what the camera wrote, and how the
// picture must be turned (1 to 8, 1 when it stands upright). It follows no
// chains, so a picture that lies cannot keep it busy.
func readEXIF(head []byte) (e Evidence, orientation int) {
	t, ok := exifOf(head)
	if !ok {
		return e, 1
	}
	main := t.directory(t.order.Uint32(t.data[4:]))
	orientation = int(main[tagOrientation].short(t))
	if orientation < 1 || orientation > 8 {
		orientation = 1
	}
	e.Camera = main[tagModel].text(t)
	taken := t.directory(main[tagExif].long(t))[tagOriginal].text(t)
	if taken == "" {
		taken = main[tagDateTime].text(t)
	}
	e.TakenAt = cameraTime(taken)
	gps := t.directory(main[tagGPS].long(t))
	lat, okLat := gps[2].degrees(t, gps[1].text(t), "S", 90)
	long, okLong := gps[4].degrees(t, gps[3].text(t), "W", 180)
	if okLat && okLong {
		e.Latitude, e.Longitude = &lat, &long
	}
	return e, orientation
}

// exifOf finds the segment with EXIF before the picture itself begins.
func exifOf(b []byte) (t tiff, ok bool) {
	if !bytes.HasPrefix(b, []byte{0xff, 0xd8}) {
		return t, false
	}
	b = b[2:]
	for len(b) >= 4 && b[0] == 0xff && b[1] != 0xda {
		n := int(binary.BigEndian.Uint16(b[2:])) + 2
		if n > len(b) {
			return t, false
		}
		if data, is := bytes.CutPrefix(b[4:max(n, 4)], []byte("Exif\x00\x00")); is && b[1] == 0xe1 {
			return openTIFF(data)
		}
		b = b[n:]
	}
	return t, false
}

// tiff is the block of tags.
type tiff struct {
	data  []byte
	order binary.ByteOrder
}

func openTIFF(data []byte) (tiff, bool) {
	if len(data) < 8 {
		return tiff{}, false
	}
	switch string(data[:4]) {
	case "II*\x00":
		return tiff{data, binary.LittleEndian}, true
	case "MM\x00*":
		return tiff{data, binary.BigEndian}, true
	}
	return tiff{}, false
}

// tag is the type, the number of values and the value, or where it lies.
type tag struct {
	kind  uint16
	count uint32
	value []byte
}

func (t tiff) directory(offset uint32) map[uint16]tag {
	if offset < 8 || uint64(offset)+2 > uint64(len(t.data)) {
		return nil
	}
	b := t.data[offset:]
	n := int(t.order.Uint16(b))
	tags := map[uint16]tag{}
	for b = b[2:]; n > 0 && len(b) >= 12; n, b = n-1, b[12:] {
		tags[t.order.Uint16(b)] = tag{t.order.Uint16(b[2:]), t.order.Uint32(b[4:]), b[8:12]}
	}
	return tags
}

func (g tag) short(t tiff) uint16 {
	if g.kind != 3 {
		return 0
	}
	return t.order.Uint16(g.value)
}

func (g tag) long(t tiff) uint32 {
	if g.kind != 4 {
		return 0
	}
	return t.order.Uint32(g.value)
}

// bytes are the values of a tag, each of the given size.
func (g tag) bytes(t tiff, size uint64) []byte {
	n := uint64(g.count) * size
	if n <= 4 {
		return g.value[:min(n, uint64(len(g.value)))]
	}
	at := uint64(t.order.Uint32(g.value))
	if at+n > uint64(len(t.data)) {
		return nil
	}
	return t.data[at : at+n]
}

// text is a short ASCII text without control characters.
func (g tag) text(t tiff) string {
	if g.kind != 2 || g.count > 200 {
		return ""
	}
	s, _, _ := strings.Cut(string(g.bytes(t, 1)), "\x00")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < 0x20 || r > 0x7e {
			return -1
		}
		return r
	}, s))
}

// degrees reads degrees, minutes and seconds; below is the letter under zero.
func (g tag) degrees(t tiff, letter, below string, most float64) (float64, bool) {
	b := g.bytes(t, 8)
	if g.kind != 5 || g.count != 3 || len(b) != 24 || letter == "" {
		return 0, false
	}
	v, unit := 0.0, 1.0
	for i := range 3 {
		v += float64(t.order.Uint32(b[8*i:])) / float64(t.order.Uint32(b[8*i+4:])) / unit
		unit *= 60
	}
	if math.IsNaN(v) || v > most {
		return 0, false
	}
	if letter == below {
		v = -v
	}
	return math.Round(v*1e6) / 1e6, true
}

// cameraTime turns "2026:11:23 10:15:00" into "2026-11-23T10:15:00".
func cameraTime(s string) string {
	if len(s) != 19 || s[4] != ':' || s[7] != ':' || s[10] != ' ' {
		return ""
	}
	return s[:4] + "-" + s[5:7] + "-" + s[8:10] + "T" + s[11:]
}
