"""Lettering of a picture, by RapidOCR with the models that come in its wheel.

Knows pixels and lines; knows nothing of documents, pages of files or caches. OpenVINO computes
where the processor has bfloat16, onnxruntime elsewhere and on a GPU. Two things are done
differently from RapidOCR's own call: lines are *found* on a picture of a bounded number of pixels
but *read* from all of them (finding is the cost that grows with the picture; reading grows with
the lettering), and a picture that stands on its side or upside down is turned first.
"""

from __future__ import annotations

import logging
import math
from pathlib import Path
from typing import Any, Final

import cv2  # comes with rapidocr
import numpy as np
import onnxruntime
import rapidocr
from numpy.typing import NDArray
from rapidocr import EngineType, RapidOCR
from rapidocr.main import RapidOCRError
from rapidocr.utils.process_img import map_boxes_to_original

from ingest.layout.layout import Line, reading_order
from ingest.layout.rotation import Turn, turned_back, turned_box
from rag.datamodel import BBox, QueryImage
from rag.errors import LimitError, SourceError
from rag.models.base.computing import CPU, CUDA
from rag.models.base.network import computes_in_bfloat16
from rag.protocols import Assets, Ocr, OcrLine, Pixels
from rag.storage.images.assets import TooManyPixelsError

logger = logging.getLogger(__name__)

PROVIDER: Final = "CUDAExecutionProvider"

_SMALLEST: Final = Path(rapidocr.__file__).parent / "models/ch_ppocr_mobile_v2.0_cls_mobile.onnx"
"""Of the networks that are there anyway."""


def reads_on_gpu(wanted: str) -> bool:
    """Try it, where the device that is `wanted` (`Settings.device`) is not the processor.

    onnxruntime itself goes on with the processor where a library or the GPU fails it: a warning
    says so here. Where none is built for a GPU, one says so only if a GPU was asked for.
    """
    if wanted == CPU:
        return False
    if PROVIDER not in onnxruntime.get_available_providers():
        if wanted == CUDA:
            logger.warning(
                "the processor reads text in pictures, for this onnxruntime is not built for a "
                "GPU: pip install onnxruntime-gpu in its place"
            )
        return False
    onnxruntime.preload_dlls()  # torch's own CUDA
    used = onnxruntime.InferenceSession(_SMALLEST, providers=[PROVIDER, "CPUExecutionProvider"])
    if used.get_providers()[0] == PROVIDER:
        return True
    logger.warning("the processor reads text in pictures, for onnxruntime can't use the GPU")
    return False


MIN_SIDE_PX: Final = 6
"""No letter stands in less."""

READ_HEIGHT_PX: Final = 48
"""Of the lines that PP-OCR's recogniser was taught on."""

READ_WIDTH_PX: Final = 64
"""Widths are read in steps of so many."""

GREY: Final = 128
"""What becomes 0 for a network."""

_SIDEWAYS: Final = 1.5
"""Height through width from which RapidOCR takes a strip for a line that stands on its side."""


Boxes = NDArray[np.float32]
"""(n, 4, 2): the corners of each line in pixels, clockwise from the line's own top left."""


class RapidOcr:
    """The `Ocr` protocol. Loads its models when first asked; not for two threads at once.

    `device` as `Settings.device`; on a GPU `threads` are of what is left to the processor.
    """

    def __init__(self, *, threads: int = 1, device: str = CPU) -> None:
        on_gpu = reads_on_gpu(device)
        is_fast = not on_gpu and computes_in_bfloat16()  # 1.6 times as fast then
        engine = EngineType.OPENVINO if is_fast else EngineType.ONNXRUNTIME
        self._engine = RapidOCR(
            params={
                **{f"{network}.engine_type": engine for network in ("Det", "Cls", "Rec")},
                "EngineConfig.openvino.inference_num_threads": threads,
                "EngineConfig.openvino.num_streams": 1,
                "EngineConfig.openvino.enable_cpu_pinning": False,
                "EngineConfig.onnxruntime.intra_op_num_threads": threads,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
                "EngineConfig.onnxruntime.use_cuda": on_gpu,
                # by default it tries all ways to convolve for each new size: pictures are of any
                "EngineConfig.onnxruntime.cuda_ep_cfg.cudnn_conv_algo_search": "HEURISTIC",
                "Det.limit_type": "max",
                "Det.limit_side_len": 100_000,  # the picture is brought to size here
                "Rec.rec_batch_num": 1,  # as fast on a CPU as 6, and takes less memory
                "Global.log_level": "critical",
            }
        )
        logging.getLogger("RapidOCR").setLevel(logging.CRITICAL)

    def read(self, image: Pixels, *, sheets: float = 1.0) -> list[OcrLine]:
        """Return the lines in reading order, boxes in fractions of the picture as given.

        Lines of a picture that is turned by 90, 180 or 270 degrees are read upright and come in
        the order of the upright picture. Pictures too thin for letters have none.
        """
        if min(image.shape[:2]) < MIN_SIDE_PX:
            return []
        picture = np.ascontiguousarray(image[:, :, ::-1])  # BGR
        picture = _sized(picture, sheets * 6_000_000, most=1.0)
        boxes, strips = self._find(picture, sheets)
        turn = self._turn(boxes, strips)
        if turn:
            picture = np.ascontiguousarray(turned_back(picture, turn))
            boxes, strips = self._find(picture, sheets)
        ordered = reading_order(self._read_strips(boxes, strips, picture))
        return [
            OcrLine(
                text=line.text,
                bbox=turned_box(line.bbox, turn),
                confidence=line.confidence or 0.0,
            )
            for line in ordered
        ]

    def _find(self, picture: Pixels, sheets: float) -> tuple[Boxes, list[Pixels]]:
        """Find the lines and cut them out, those on their side turned by 90 degrees."""
        small = _sized(picture, sheets * 1_000_000, most=2.0)  # A4 at about 100 dpi
        ratios = {
            "ratio_h": picture.shape[0] / small.shape[0],
            "ratio_w": picture.shape[1] / small.shape[1],
        }
        record: dict[str, Any] = {"preprocess": ratios}
        try:
            _, found = self._engine.detect_and_crop(small, record)
        except RapidOCRError:  # its word for: there are none
            return np.empty((0, 4, 2), dtype=np.float32), []
        corners = np.asarray(found.boxes)
        mapped = map_boxes_to_original(corners, record, *picture.shape[:2])
        boxes = np.array([box for box in mapped if _may_be_a_line(box)], dtype=np.float32)
        return boxes.reshape(-1, 4, 2), self._engine.crop_text_regions(picture, boxes)

    def _turn(self, boxes: Boxes, strips: list[Pixels]) -> Turn:
        """Return by how many degrees, clockwise, most of the longest lines are turned."""
        longest = sorted(range(len(strips)), key=lambda n: -max(_sides(boxes[n])))[:24]
        if len(longest) < 3:
            return 0
        votes: list[Turn] = []
        flips = self._upside_down([strips[n] for n in longest])
        for n, flip in zip(longest, flips, strict=True):
            upright: tuple[Turn, Turn] = (90, 270) if _is_sideways(boxes[n]) else (0, 180)
            votes.append(upright[flip])
        turn = max(set(votes), key=votes.count)
        return turn if votes.count(turn) > len(votes) / 2 else 0

    def _upside_down(self, strips: list[Pixels]) -> list[bool]:
        if not strips:
            return []
        _, classes = self._engine.cls_and_rotate(strips)
        return [label == "180" for label, _ in classes.cls_res or ()]

    def _read_strips(self, boxes: Boxes, strips: list[Pixels], picture: Pixels) -> list[Line]:
        height_px, width_px = picture.shape[:2]
        lines = []
        for box, (text, score) in zip(boxes, self._recognize(boxes, strips), strict=True):
            (x0, y0), (x1, y1) = box.min(axis=0).tolist(), box.max(axis=0).tolist()
            around = BBox.clamped(x0 / width_px, y0 / height_px, x1 / width_px, y1 / height_px)
            if text.strip() and score >= 0.5 and around is not None:
                lines.append(Line(text=text.strip(), bbox=around, confidence=score))
        return lines

    def _recognize(self, boxes: Boxes, strips: list[Pixels]) -> list[tuple[str, float]]:
        """Read each strip; once more upside down where that gave doubtful words.

        The classifier of upside-down lines is asked only about lines on their side: of upright
        long ones it turns every tenth (measured), since it sees them squeezed. Strips that are
        hardly higher than wide may be short words on their side: these are read both ways.
        """
        sideways = [n for n in range(len(strips)) if _is_sideways(boxes[n])]
        upside_down = self._upside_down([strips[n] for n in sideways])
        turns = [0] * len(strips)
        for n, flip in zip(sideways, upside_down, strict=True):
            turns[n] = 2 * flip
        read = self._words([np.rot90(s, k) for s, k in zip(strips, turns, strict=True)])
        doubtful = [n for n, (_, score) in enumerate(read) if score < 0.8]
        again = self._words([np.rot90(strips[n], 2 - turns[n]) for n in doubtful])
        for n, other in zip(doubtful, again, strict=True):
            read[n] = max(read[n], other, key=lambda words: words[1])
        standing = [n for n, (_, score) in enumerate(read) if score < 0.95 and _may_stand(boxes[n])]
        for k in (1, 3):
            words = self._words([np.rot90(strips[n], k) for n in standing])
            for n, other in zip(standing, words, strict=True):
                is_word = sum(map(str.isalnum, other[0])) > 1
                read[n] = other if is_word and other[1] > read[n][1] else read[n]
        return read

    def _words(self, strips: list[Pixels]) -> list[tuple[str, float]]:
        if not strips:
            return []
        read = self._engine.recognize_txt(list(map(_in_steps, strips)))
        return list(zip(read.txts or (), map(float, read.scores or ()), strict=True))


def _in_steps(strip: Pixels) -> Pixels:
    """Return a strip as high as it is read, with grey behind it up to one of few widths.

    OpenVINO keeps what it compiled for a shape; RapidOCR puts grey behind short ones itself.
    """
    width = math.ceil(READ_HEIGHT_PX * strip.shape[1] / strip.shape[0])
    read = cv2.resize(np.ascontiguousarray(strip), (width, READ_HEIGHT_PX))
    behind = ((0, 0), (0, -width % READ_WIDTH_PX), (0, 0))
    return np.pad(np.asarray(read, dtype=np.uint8), behind, constant_values=GREY)


def _sides(box: NDArray[np.float32]) -> tuple[float, float]:
    """Return width and height of a line's box, along its own edges."""
    return float(np.linalg.norm(box[0] - box[1])), float(np.linalg.norm(box[0] - box[3]))


def _is_sideways(box: NDArray[np.float32]) -> bool:
    width_px, height_px = _sides(box)
    return height_px >= _SIDEWAYS * width_px


def _may_stand(box: NDArray[np.float32]) -> bool:
    width_px, height_px = _sides(box)
    return 1.05 * width_px < height_px < _SIDEWAYS * width_px


def _may_be_a_line(box: NDArray[np.float32]) -> bool:
    short, long = sorted(_sides(box))
    return short >= MIN_SIDE_PX / 2 and long <= 150 * short  # beyond are rulers and hatching


def _sized(picture: Pixels, pixels: float, *, most: float) -> Pixels:
    """Return a picture at about so many pixels, enlarged `most` times at most."""
    scale = min(most, math.sqrt(pixels / (picture.shape[0] * picture.shape[1])))
    if scale == 1:
        return picture
    size = tuple(max(1, round(side * scale)) for side in (picture.shape[1], picture.shape[0]))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, size, interpolation=method), dtype=np.uint8)


def read_query_image(path: Path, *, ocr: Ocr, assets: Assets) -> QueryImage:
    """Read a picture that a person asks with. Raises SourceError if it can't be decoded.

    The picture is stored among the assets, so that the conversation can show it again.
    """
    try:
        image = assets.put_encoded(path.read_bytes())
        pixels = assets.pixels(image)
    except TooManyPixelsError as error:
        hint = "Raise RAG_IMAGE_MEGAPIXELS, or take a smaller one."
        raise LimitError(str(error), hint=hint) from error
    except OSError as error:
        raise SourceError(str(error), hint="Take another picture, or save it again.") from error
    ocr_text = "\n".join(line.text for line in ocr.read(pixels))
    return QueryImage(path=str(path), phash=image.phash, lettering=ocr_text)
