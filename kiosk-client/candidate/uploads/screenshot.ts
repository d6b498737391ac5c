// A picture from the clipboard as a PNG file. What else is in the clipboard is left alone.

/** The picture that a paste brings, or null. */
export function pastedPicture(data: DataTransfer | null): File | null {
  for (const item of Array.from(data?.items ?? [])) {
    const file = item.kind === 'file' && item.type.startsWith('image/') ? item.getAsFile() : null;
    if (file !== null) return file;
  }
  return null;
}

/** The picture as PNG; one that is PNG already stays as it is. @throws where it is no picture */
export async function asPng(picture: Blob): Promise<Blob> {
  if (picture.type === 'image/png') return picture;
  const url = URL.createObjectURL(picture);
  try {
    const image = new Image();
    await new Promise((resolve, reject) => {
      image.onload = resolve;
      image.onerror = reject;
      image.src = url;
    });
    const canvas = document.createElement('canvas');
    canvas.width = image.naturalWidth;
    canvas.height = image.naturalHeight;
    canvas.getContext('2d')?.drawImage(image, 0, 0);
    return await new Promise((resolve, reject) =>
      canvas.toBlob((png) => (png === null ? reject(new Error('No picture')) : resolve(png)), 'image/png'),
    );
  } finally {
    URL.revokeObjectURL(url);
  }
}
